//! The files that prost-build has to know besides those of the package at hand.

use std::sync::OnceLock;

use prost::Message as _;
use prost_build::Module;
use prost_types::FileDescriptorProto;

use super::failed;
use crate::diagnostics::Diagnostics;
use crate::input::request::Request;

/// The files of a request as those see them that import them, each decoded once for all packages.
#[derive(Debug)]
pub(crate) struct Imports<'a> {
    request: &'a Request,
    decoded: Vec<OnceLock<Result<FileDescriptorProto, Diagnostics>>>,
}

impl<'a> Imports<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self { request, decoded: request.files.iter().map(|_| OnceLock::new()).collect() }
    }

    /// All that some files import, directly or not, in the order of the request.
    ///
    /// prost-build wants to see every message that is named, so imported files are generated as well, into modules of their own that no
    /// package can have, and dropped.
    pub(super) fn of(&self, files: &[usize]) -> Result<Vec<(Module, FileDescriptorProto)>, Diagnostics> {
        let mut imported = self.request.with_imports(files);
        for file in files {
            imported.remove(file);
        }
        let module = |index| Module::from_parts([format!("import {index}")]);
        imported.into_iter().map(|index| Ok((module(index), self.decoded(index)?))).collect()
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
