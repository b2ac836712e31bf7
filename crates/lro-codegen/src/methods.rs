//! The long-running methods of a descriptor set, for tools that list or compare them.

use bytes::Bytes;

use crate::diagnostics::{Diagnostics, Report};
use crate::disable;
use crate::model::{self, TypeRef};
use crate::request::read_file_set;
use crate::validate::validate;

/// A method that returns `google.longrunning.Operation`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LroMethod {
    /// The file that defines its service.
    pub file: String,
    /// The full name of its service.
    pub service: String,
    /// Its name within the service.
    pub method: String,
    /// The message of a finished operation and that of its progress; absent where the method is not annotated.
    pub types: Option<(LroType, LroType)>,
}

/// A message that `operation_info` names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LroType {
    /// Its full name.
    pub full_name: String,
    /// The file that defines it, where the service's file imports that neither directly nor indirectly.
    pub unimported: Option<String>,
}

/// Lists the long-running methods of a serialized `google.protobuf.FileDescriptorSet`, sorted by file and then as the files have them.
///
/// The package `google.longrunning` itself is left out. This is the generator's own reading of the input, nothing else.
///
/// # Errors
///
/// The set cannot be decoded, or holds annotations that cannot be resolved: all of them at once.
pub fn methods(file_descriptor_set: impl Into<Bytes>) -> Result<Vec<LroMethod>, Diagnostics> {
    let mut files = read_file_set(file_descriptor_set.into())?;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut report = Report::default();
    validate(&files, &mut report);
    let model = model::build(&files, |_| true, &mut report);
    disable::honour(&files, &mut report);
    report.finish()?;
    let methods = model.services.iter().flat_map(|service| {
        let operations = service.methods.iter().filter(|method| method.returns_operation);
        operations.map(|method| LroMethod {
            file: service.file.clone(),
            service: service.full_name(),
            method: method.name.clone(),
            types: method
                .operation
                .as_ref()
                .map(|types| (LroType::new(&types.response), LroType::new(&types.metadata))),
        })
    });
    Ok(methods.collect())
}

impl LroType {
    fn new(type_ref: &TypeRef) -> Self {
        Self { full_name: type_ref.full_name.clone(), unimported: type_ref.unimported.clone() }
    }
}
