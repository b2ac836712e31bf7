//! Where elements are.

use std::collections::HashMap;

use crate::diagnostics::Location;
use crate::input::descriptor::File;
use crate::input::request::Request;
use crate::input::source::SourceInfo;

/// The places of elements, read only of files in which something was found.
pub(crate) struct Places<'a> {
    request: &'a Request,
    read: HashMap<usize, SourceInfo>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self { request, read: HashMap::new() }
    }

    /// The place of an element of a file, by the number of the file in the request.
    pub(crate) fn of(&mut self, file: usize, element: &[i32]) -> Location {
        let File { name, source_code_info, .. } = &self.request.files[file];
        let source =
            self.read.entry(file).or_insert_with(|| SourceInfo::read_whole(name, source_code_info.as_ref()));
        source.locate(element)
    }

    /// The place of something within an element whose place is known.
    pub(crate) fn within(&mut self, outer: &Location, inner: &[i32]) -> Location {
        match self.request.position(&outer.file) {
            Some(file) => self.of(file, &[&outer.element[..], inner].concat()),
            None => outer.clone(),
        }
    }
}
