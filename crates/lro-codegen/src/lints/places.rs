//! Where elements are.

use std::collections::HashMap;

use crate::descriptor::File;
use crate::diagnostics::Location;
use crate::source::SourceInfo;

/// The places of elements, read only of files in which something was found.
pub(super) struct Places<'a> {
    files: &'a [File],
    by_name: HashMap<&'a str, usize>,
    read: HashMap<usize, SourceInfo>,
}

impl<'a> Places<'a> {
    pub(super) fn new(files: &'a [File]) -> Self {
        let by_name = files.iter().enumerate().map(|(index, file)| (file.name.as_str(), index)).collect();
        Self { files, by_name, read: HashMap::new() }
    }

    /// The place of an element of a file, by the number of the file in the request.
    pub(super) fn of(&mut self, file: usize, element: &[i32]) -> Location {
        let File { name, source_code_info, .. } = &self.files[file];
        let source =
            self.read.entry(file).or_insert_with(|| SourceInfo::read_whole(name, source_code_info.as_ref()));
        source.locate(element)
    }

    /// The place of something within an element whose place is known.
    pub(super) fn within(&mut self, outer: &Location, inner: &[i32]) -> Location {
        match self.by_name.get(outer.file.as_str()) {
            Some(file) => self.of(*file, &[&outer.element[..], inner].concat()),
            None => outer.clone(),
        }
    }
}
