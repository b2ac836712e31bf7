//! Which types the request knows, and which files see which.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{join, simple_name};
use crate::diagnostics::suggest::likeness;
use crate::input::descriptor::{File, MessageType};
use crate::input::details::{EnumType, MessageDetails};
use crate::input::request::Request;

/// What a full name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Message,
    Enum,
}

/// A type of the request: its kind and the file that defines it (an index into the files of the request).
#[derive(Debug, Clone, Copy)]
pub(crate) struct TypeEntry {
    pub(crate) kind: Kind,
    /// Absent for a well-known type whose file is not part of the request: every runtime has it all the same.
    pub(crate) file: Option<usize>,
}

/// The messages of `google/protobuf` that prost knows without being given their files.
const WELL_KNOWN: &[&str] = &[
    "google.protobuf.Any",
    "google.protobuf.BoolValue",
    "google.protobuf.BytesValue",
    "google.protobuf.DoubleValue",
    "google.protobuf.Duration",
    "google.protobuf.Empty",
    "google.protobuf.FieldMask",
    "google.protobuf.FloatValue",
    "google.protobuf.Int32Value",
    "google.protobuf.Int64Value",
    "google.protobuf.ListValue",
    "google.protobuf.StringValue",
    "google.protobuf.Struct",
    "google.protobuf.Timestamp",
    "google.protobuf.UInt32Value",
    "google.protobuf.UInt64Value",
    "google.protobuf.Value",
];

/// All types by full name, without the leading dot.
#[derive(Debug)]
pub(crate) struct TypeIndex {
    types: HashMap<String, TypeEntry>,
    /// How many names were compared for suggestions.
    compared: AtomicUsize,
}

/// After so many comparisons, which take less than a second, there are no more suggestions: each takes as many as there are types, and nobody
/// reads hundreds.
const MAX_COMPARED: usize = 1 << 20;

impl TypeIndex {
    pub(crate) fn new(files: &[File]) -> Self {
        let mut types: HashMap<String, TypeEntry> = WELL_KNOWN
            .iter()
            .map(|name| ((*name).to_owned(), TypeEntry { kind: Kind::Message, file: None }))
            .collect();
        for (index, file) in files.iter().enumerate() {
            let mut scope = Scope { types: &mut types, file: index };
            for message in &file.message {
                scope.add_message(&file.package, message);
            }
            for enumeration in &file.enumeration {
                scope.add(&file.package, &enumeration.name, Kind::Enum);
            }
        }
        Self { types, compared: AtomicUsize::new(0) }
    }

    pub(crate) fn get(&self, full_name: &str) -> Option<TypeEntry> {
        self.types.get(full_name).copied()
    }

    /// Whether there are no more suggestions, so that it depends on who came first which there were.
    pub(super) fn is_out_of_suggestions(&self) -> bool {
        self.compared.load(Ordering::Relaxed) > MAX_COMPARED
    }

    /// Forgets what was compared since there was this much.
    pub(super) fn forget_suggestions(&self, compared: usize) {
        self.compared.store(compared, Ordering::Relaxed);
    }

    pub(super) fn compared(&self) -> usize {
        self.compared.load(Ordering::Relaxed)
    }

    /// What the file of a message says about it, and which file that is.
    pub(crate) fn message<'r>(
        &self,
        request: &'r Request,
        full_name: &str,
    ) -> Option<(usize, MessageDetails<'r>)> {
        let file = self.get(full_name)?.file?;
        let package = &request.files[file].package;
        let name = full_name.strip_prefix(package.as_str())?.trim_start_matches('.');
        Some((file, request.details(file).message(name)?))
    }

    /// What the file of an enum says about it.
    pub(crate) fn enumeration<'r>(&self, request: &'r Request, full_name: &str) -> Option<&'r EnumType> {
        let file = self.get(full_name)?.file?;
        let name = full_name.strip_prefix(request.files[file].package.as_str())?.trim_start_matches('.');
        request.details(file).enumeration(name)
    }

    /// The message that someone who wrote `wanted` most likely meant: one with the same last segment first
    /// (the nearest package wins), then the nearest spelling.
    pub(crate) fn suggest(&self, wanted: &str) -> Option<&str> {
        const ALIKE: f64 = 0.85;
        if self.compared.fetch_add(self.types.len(), Ordering::Relaxed) > MAX_COMPARED {
            return None;
        }
        let wanted_last = simple_name(wanted);
        let messages = self.types.iter().filter(|(_, entry)| entry.kind == Kind::Message);
        let candidates = messages.filter_map(|(name, _)| {
            let last = simple_name(name);
            let is_same = last == wanted_last;
            (is_same || likeness(wanted_last, last) > ALIKE).then(|| (is_same, likeness(wanted, name), name))
        });
        let best = candidates
            .max_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)).then_with(|| b.2.cmp(a.2)));
        best.map(|(_, _, name)| name.as_str())
    }
}

struct Scope<'a> {
    types: &'a mut HashMap<String, TypeEntry>,
    file: usize,
}

impl Scope<'_> {
    fn add(&mut self, parent: &str, name: &str, kind: Kind) -> String {
        let full_name = join(parent, name);
        self.types.insert(full_name.clone(), TypeEntry { kind, file: Some(self.file) });
        full_name
    }

    fn add_message(&mut self, parent: &str, message: &MessageType) {
        let full_name = self.add(parent, &message.name, Kind::Message);
        for nested in &message.nested {
            self.add_message(&full_name, nested);
        }
        for enumeration in &message.enumeration {
            self.add(&full_name, &enumeration.name, Kind::Enum);
        }
    }
}

/// The files that each file imports, directly or indirectly.
#[derive(Debug)]
pub(crate) struct Imports<'a> {
    request: &'a Request,
    closures: HashMap<usize, BTreeSet<usize>>,
}

impl<'a> Imports<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self { request, closures: HashMap::new() }
    }

    /// Whether `from` imports `to`, or is it.
    pub(crate) fn reaches(&mut self, from: usize, to: usize) -> bool {
        self.closures.entry(from).or_insert_with(|| self.request.with_imports(&[from])).contains(&to)
    }
}
