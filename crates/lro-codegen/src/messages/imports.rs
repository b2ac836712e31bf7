//! The files that prost-build has to know besides those of the package at hand.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use prost::Message as _;
use prost_build::Module;
use prost_types::FileDescriptorProto;

use super::failed;
use crate::diagnostics::Diagnostics;
use crate::request::Request;

/// The files of a request as those see them that import them, each decoded once for all packages.
#[derive(Debug)]
pub(crate) struct Imports<'a> {
    request: &'a Request,
    by_name: HashMap<&'a str, usize>,
    decoded: Vec<OnceLock<Result<FileDescriptorProto, Diagnostics>>>,
}

impl<'a> Imports<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        let files = &request.files;
        Self {
            request,
            by_name: files.iter().enumerate().map(|(index, file)| (file.name.as_str(), index)).collect(),
            decoded: files.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// All that some files import, directly or not, in the order of the request.
    ///
    /// prost-build wants to see every message that is named, so imported files are generated as well, into modules of their own that no
    /// package can have, and dropped.
    pub(super) fn of(&self, files: &[usize]) -> Result<Vec<(Module, FileDescriptorProto)>, Diagnostics> {
        let mut seen: HashSet<usize> = files.iter().copied().collect();
        let mut open = files.to_vec();
        let mut found = Vec::new();
        while let Some(file) = open.pop() {
            let imported =
                self.request.files[file].dependency.iter().filter_map(|name| self.by_name.get(name.as_str()));
            for &import in imported.filter(|import| seen.insert(**import)) {
                open.push(import);
                found.push(import);
            }
        }
        found.sort_unstable();
        let module = |index| Module::from_parts([format!("import {index}")]);
        found.into_iter().map(|index| Ok((module(index), self.decoded(index)?))).collect()
    }

    fn decoded(&self, index: usize) -> Result<FileDescriptorProto, Diagnostics> {
        let decoded = self.decoded[index].get_or_init(|| {
            let mut file = decode(self.request, index)?;
            file.service.clear();
            file.source_code_info = None;
            Ok(file)
        });
        decoded.clone()
    }
}

/// Decodes a file with all that prost-build reads.
pub(super) fn decode(request: &Request, index: usize) -> Result<FileDescriptorProto, Diagnostics> {
    FileDescriptorProto::decode(request.encoded[index].clone())
        .map_err(|error| failed(&format!("{} cannot be decoded: {error}", request.files[index].name)))
}
