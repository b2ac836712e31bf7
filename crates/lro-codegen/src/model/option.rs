//! Whose option the number of `operation_info` stands for.

use prost::Message as _;

use crate::input::descriptor::{Extension, File};
use crate::input::request::Request;
use crate::input::source::path::OPERATION_INFO;

/// The option `google.longrunning.operation_info`, wherever it is declared.
///
/// Extensions have nothing but a number on the wire, and this one is used by others, too: by options of their own, and by copies of
/// `google.longrunning` in other packages.
#[derive(Debug)]
pub(super) struct OperationInfoOption<'a> {
    request: &'a Request,
    /// The files that declare it, as positions in the request: one, unless someone has put two sets together.
    declared_in: Vec<usize>,
}

impl<'a> OperationInfoOption<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let files = request.files.iter().enumerate();
        let declared_in = files.filter(|(_, file)| declares(file)).map(|(index, _)| index).collect();
        Self { request, declared_in }
    }

    /// Whether methods in a file can have it, by the rules of compilers.
    pub(super) fn is_usable_in(&self, file: usize) -> bool {
        self.declared_in.contains(&file)
            || self.request.with_named(file).iter().any(|named| self.declared_in.contains(named))
    }
}

fn declares(file: &File) -> bool {
    file.package == "google.longrunning"
        && file.extension.iter().filter_map(|encoded| Extension::decode(encoded.clone()).ok()).any(
            |extension| {
                extension.name == "operation_info"
                    && extension.number == OPERATION_INFO
                    && extension.extendee.trim_start_matches('.') == "google.protobuf.MethodOptions"
            },
        )
}
