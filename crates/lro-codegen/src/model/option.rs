//! Whose option the number of `operation_info` stands for.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::input::descriptor::{Extension, File};
use crate::input::path::OPERATION_INFO;
use crate::input::request::Request;

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

    /// What the number means in a file.
    pub(super) fn in_file(&self, file: usize) -> InFile<'_> {
        InFile { option: self, file, named: OnceCell::new() }
    }
}

/// A file that may have the option. Its imports are looked at once a method has the number.
#[derive(Debug)]
pub(super) struct InFile<'a> {
    option: &'a OperationInfoOption<'a>,
    file: usize,
    named: OnceCell<BTreeSet<usize>>,
}

impl InFile<'_> {
    /// Whether the number stands for the option on a method of the file, by the rules of compilers.
    ///
    /// Where its file and one with another option of that number are both imported, which compilers only warn of, the value does not say
    /// which of them it is; then it is this one on methods that it is made for.
    pub(super) fn is_meant(&self, returns_operation: bool) -> bool {
        let OperationInfoOption { request, declared_in } = self.option;
        let named = self.named.get_or_init(|| request.with_named(self.file));
        let has_another = |file: &usize| {
            !declared_in.contains(file) && request.details(*file).extensions().into_iter().any(has_number)
        };
        declared_in.iter().any(|declaring| named.contains(declaring))
            && (returns_operation || !named.iter().any(has_another))
    }
}

fn declares(file: &File) -> bool {
    file.package == "google.longrunning"
        && file.extensions().any(|extension| extension.name == "operation_info" && has_number(&extension))
}

fn has_number(extension: &Extension) -> bool {
    extension.number == OPERATION_INFO
        && extension.extendee.trim_start_matches('.') == "google.protobuf.MethodOptions"
}
