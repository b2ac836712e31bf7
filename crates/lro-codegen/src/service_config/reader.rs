//! Looks things up in one file, and reports what is not as it should be.

use std::borrow::Cow;
use std::collections::HashMap;

use super::keys::{GRPC, Keys, is_name_of, json_name};
use super::text::{Broken, Node, Place, Source, Value, is_json};
use super::{Kind, Setting};
use crate::diagnostics::report::Report;
use crate::diagnostics::suggest::nearest_by;
use crate::diagnostics::{Diagnostic, Location, Rule, shown};
use crate::input::validate::is_full_name;

/// The key under which YAML 1.1 adds the keys of another mapping.
const MERGE: &str = "<<";

/// After so many problems of one file a person has enough to do.
const MAX_PROBLEMS: usize = 20;

/// The entries of a mapping.
pub(super) type Entries<'n, 'a> = &'n [(Node<'a>, Node<'a>)];

/// One file, and where its problems go.
#[derive(Debug)]
pub(super) struct Reader<'r> {
    file: &'r str,
    is_json: bool,
    report: &'r mut Report,
    problems: usize,
    misspelt: bool,
}

impl<'r> Reader<'r> {
    pub(super) fn new(file: &'r str, report: &'r mut Report) -> Self {
        Self { file, is_json: is_json(file), report, problems: 0, misspelt: false }
    }

    pub(super) fn file(&self) -> String {
        self.file.to_owned()
    }

    /// The file's text, ready to be read.
    pub(super) fn source<'a>(&mut self, text: &'a str) -> Option<Source<'a>> {
        Source::new(self.file, text).map_err(|broken| self.broken(broken)).ok()
    }

    /// The file's one document.
    pub(super) fn root<'a>(&mut self, source: &'a Source<'_>) -> Option<Node<'a>> {
        source.parse().map_err(|broken| self.broken(broken)).ok()
    }

    fn broken(&mut self, Broken { place, reason }: Broken) {
        let notation = if self.is_json { "JSON" } else { "YAML" };
        let message = format!("this {notation} cannot be read: {reason}");
        self.problem(place, message, "correct the file, or leave out the option service_config");
    }

    /// What the file calls itself, under the key `type`. Configs of gRPC have no such key, and no other file has theirs.
    pub(super) fn kind(&mut self, root: &Node<'_>) -> Option<Kind> {
        const HELP: &str = "it begins with `type: google.api.Service`, with `type: com.google.api.codegen.ConfigProto` \
                            if it is a gapic.yaml, or with `type: lro.OperationMapping` if it is an operation mapping; a service config of gRPC \
                            has the key `methodConfig`";
        let Value::Mapping(entries) = &root.value else {
            return self.wrong(root, "a service config", "a mapping");
        };
        let Some(node) = self.get(entries, "type") else {
            if self.is_grpc(entries) {
                return Some(Kind::Grpc);
            }
            let message = "this is not a service config: it has no key `type`, nor one of gRPC's";
            self.problem(Some(root.place), message, HELP);
            return None;
        };
        match self.text(node, "type")? {
            "google.api.Service" => Some(Kind::Service),
            "com.google.api.codegen.ConfigProto" => Some(Kind::Gapic),
            "lro.OperationMapping" => Some(Kind::Mapping),
            other => {
                let message = format!("`{}` is not the type of a service config", shown(other));
                self.problem(Some(node.place), message, HELP);
                None
            }
        }
    }

    /// Whether a file without a type has a key of a gRPC service config. One in JSON may have one that is like such a key, or none at all.
    fn is_grpc(&self, entries: Entries<'_, '_>) -> bool {
        let is_known = |(key, _): &(Node<'_>, _)| match &key.value {
            Value::Scalar(text) => {
                let is_misspelt = || self.is_json && self.nearest(text, GRPC.all()).is_some();
                GRPC.all().any(|field| is_name_of(text, field)) || is_misspelt()
            }
            _ => false,
        };
        entries.iter().any(is_known) || (self.is_json && entries.is_empty())
    }

    /// What a key stands for, if it is there and not null. The key is the name of a field in its proto.
    pub(super) fn get<'n, 'a>(&mut self, entries: Entries<'n, 'a>, key: &str) -> Option<&'n Node<'a>> {
        let is_key = |node: &Node<'_>| matches!(&node.value, Value::Scalar(text) if is_name_of(text, key));
        let mut found = entries.iter().filter(|(node, _)| is_key(node));
        let (_, value) = found.next()?;
        if let Some((again, _)) = found.next() {
            let message = format!("the key `{}` is there twice", self.spelt(key));
            self.problem(Some(again.place), message, "keep one of the two");
        }
        Some(value).filter(|value| !matches!(value.value, Value::Null))
    }

    pub(super) fn mapping<'n, 'a>(&mut self, node: &'n Node<'a>, what: &str) -> Option<Entries<'n, 'a>> {
        match &node.value {
            Value::Mapping(entries) => {
                for (key, _) in entries {
                    if matches!(&key.value, Value::Scalar(text) if text == MERGE) {
                        let message = format!("{what} takes in another mapping, which is not followed");
                        self.problem(Some(key.place), message, "write out what is in it");
                    }
                }
                Some(entries)
            }
            _ => self.wrong(node, what, "a mapping"),
        }
    }

    /// Reports keys that are like one of `known` but no such key, since what they stand for would be overlooked. Others may be there.
    pub(super) fn refuse_misspelt(&mut self, entries: Entries<'_, '_>, what: &str, known: &[&'static str]) {
        for (key, _) in entries {
            let Value::Scalar(text) = &key.value else { continue };
            if known.iter().any(|known| is_name_of(text, known)) {
                continue;
            }
            if let Some(meant) = self.nearest(text, known.iter().copied()) {
                let message = format!("there is no key `{}` in {what}", shown(text));
                self.problem(Some(key.place), message, &format!("did you mean `{}`?", self.spelt(meant)));
            }
        }
    }

    /// Warns of keys that are like one that is read but no such key, since what they stand for is overlooked.
    pub(super) fn warn_of_misspelt(&mut self, entries: Entries<'_, '_>, what: &str, keys: Keys) {
        for (key, _) in entries {
            let Value::Scalar(text) = &key.value else { continue };
            if keys.all().any(|known| is_name_of(text, known)) {
                continue;
            }
            // A key of another version of the message may be like one that is not read.
            let meant = self.nearest(text, keys.all()).filter(|meant| keys.read.contains(meant));
            if let Some(meant) = meant {
                let message = format!("there is no key `{}` in {what}, so it has no effect", shown(text));
                let warning = Diagnostic::warning(Rule::UnknownSelector, message);
                self.misspelt = true;
                self.report.push(
                    warning
                        .at(self.location(Some(key.place)))
                        .help(format!("did you mean `{}`?", self.spelt(meant))),
                );
            }
        }
    }

    /// Whether a key was misspelt, so that the file may say more than what is read of it.
    pub(super) fn has_misspelt(&self) -> bool {
        self.misspelt
    }

    /// The items of a list under a key; none where the key is not there.
    pub(super) fn list<'n, 'a>(&mut self, entries: Entries<'n, 'a>, key: &str) -> &'n [Node<'a>] {
        self.get(entries, key).and_then(|node| self.items(node, key)).unwrap_or_default()
    }

    pub(super) fn items<'n, 'a>(&mut self, node: &'n Node<'a>, what: &str) -> Option<&'n [Node<'a>]> {
        match &node.value {
            Value::Sequence(items) => Some(items),
            _ => self.wrong(node, what, "a list"),
        }
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::Scalar(text) => Some(text),
            _ => self.wrong(node, what, "a single value"),
        }
    }

    /// The name under a key that has to be there, identifiers with dots between them, and where it is.
    pub(super) fn name<'n>(
        &mut self,
        entries: Entries<'n, '_>,
        key: &str,
        around: &Node<'_>,
    ) -> Option<(&'n str, Location)> {
        let Some(node) = self.get(entries, key) else {
            return self.lacks(around, key);
        };
        let name = self.text(node, key)?;
        if is_full_name(name) {
            return Some((name, self.location(Some(node.place))));
        }
        let message = format!("`{}` is not a name from a proto", shown(name));
        self.problem(Some(node.place), message, "write the name in full, without wildcards");
        None
    }

    /// Reports that a key is not there which has to be.
    pub(super) fn lacks<T>(&mut self, around: &Node<'_>, key: &str) -> Option<T> {
        let message = format!("there is no `{}` here", self.spelt(key));
        self.problem(Some(around.place), message, "add it");
        None
    }

    /// Reports values that one file gives twice to one method.
    pub(super) fn refuse_duplicates<T>(&mut self, settings: &[Setting<T>], what: &str) {
        let mut first: HashMap<&str, &Location> = HashMap::new();
        for setting in settings {
            if let Some(at) = first.get(setting.selector.as_str()) {
                let message = format!("{} has {what} twice, at first in {at}", setting.selector);
                self.problem_at(setting.location.clone(), message, "keep one of the two");
            } else {
                first.insert(&setting.selector, &setting.location);
            }
        }
    }

    pub(super) fn problem(&mut self, place: Option<Place>, message: impl Into<String>, help: &str) {
        self.problem_at(self.location(place), message, help);
    }

    pub(super) fn problem_at(&mut self, location: Location, message: impl Into<String>, help: &str) {
        self.problems += 1;
        let diagnostic = match self.problems {
            ..=MAX_PROBLEMS => Diagnostic::error(Rule::ServiceConfig, message).at(location).help(help),
            number if number == MAX_PROBLEMS + 1 => {
                Diagnostic::error(Rule::ServiceConfig, "there are more problems in this file")
                    .at(self.location(None))
            }
            _ => return,
        };
        self.report.push(diagnostic);
    }

    pub(super) fn location(&self, place: Option<Place>) -> Location {
        let position = place.map(|place| place.start);
        let end = place.and_then(|place| place.end);
        Location { position, end, ..Location::of_file(self.file) }
    }

    fn wrong<T>(&mut self, node: &Node<'_>, what: &str, wanted: &str) -> Option<T> {
        let found = match node.value {
            Value::Alias => "an alias",
            Value::Null => "nothing",
            Value::Scalar(_) => "a single value",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        };
        let (wanted, found) = (self.in_notation(wanted), self.in_notation(found));
        let help = match node.value {
            Value::Alias => "write out what it stands for; aliases are not followed".to_owned(),
            _ => format!("write {wanted}"),
        };
        let message = format!("{what} has to be {wanted}, but this is {found}");
        self.problem(Some(node.place), message, &help);
        None
    }

    /// What the notation of the file calls a form of value.
    fn in_notation<'w>(&self, form: &'w str) -> &'w str {
        match form {
            "a mapping" if self.is_json => "an object",
            "a list" if self.is_json => "an array",
            "nothing" if self.is_json => "null",
            _ => form,
        }
    }

    /// A key as one would write it in this file: JSON has the names that protobuf gives fields there.
    pub(super) fn spelt<'k>(&self, field: &'k str) -> Cow<'k, str> {
        if self.is_json { Cow::Owned(json_name(field).collect()) } else { Cow::Borrowed(field) }
    }

    /// The field whose key, as one would write it here, is most like `wanted`.
    fn nearest(&self, wanted: &str, fields: impl Iterator<Item = &'static str>) -> Option<&'static str> {
        let fields: Vec<_> = fields.map(|field| (field, self.spelt(field))).collect();
        nearest_by(wanted, &fields, |(_, key)| key).map(|(field, _)| *field)
    }
}
