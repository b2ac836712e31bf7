//! The long-running methods of a descriptor set, for tools that list or compare them.

use bytes::Bytes;

use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::input::request::Request;
use crate::lints::disable;
use crate::model::{self, TypeRef};
use crate::parallel;
use crate::service_config::{
    MethodConfig, OperationRule, PollingSettings, ServiceConfig, Settings, check_selectors,
};

/// A method that returns `google.longrunning.Operation`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LroMethod {
    /// The file that defines its service.
    pub file: String,
    /// The full name of its service.
    pub service: String,
    /// Its name within the service.
    pub method: String,
    /// The message of a finished operation and that of its progress; absent where the method is not annotated, or streams.
    pub types: Option<(LroType, LroType)>,
    /// How clients wait for its operations, if a service config says so.
    pub polling: Option<PollingSettings>,
    /// How long the call that starts an operation may take and how it is repeated, if a gRPC service config says so.
    pub method_config: Option<MethodConfig>,
    /// The fields of its request that clients fill in, as a service config has them.
    pub auto_populated_fields: Vec<String>,
    /// Where operations of its service are found over HTTP, as a service config has it.
    pub operation_rules: Vec<OperationRule>,
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
    methods_with(file_descriptor_set, &[]).map(|(methods, _)| methods)
}

/// Like [`methods`], with the settings that service configs have for these methods, and with what is odd about either.
///
/// # Errors
///
/// As [`methods`], and a service config is broken.
pub fn methods_with(
    file_descriptor_set: impl Into<Bytes>,
    service_configs: &[ServiceConfig],
) -> Result<(Vec<LroMethod>, Vec<Diagnostic>), Diagnostics> {
    let mut report = Report::default();
    let request = Request::of_set(file_descriptor_set.into(), &mut report)?;
    let settings = Settings::read(service_configs, &[], &[], &mut report);
    let mut report = report.stop_at_errors()?;
    let model = model::build(&request, &settings, false, parallel::cores(), &mut report);
    check_selectors(&settings, &request, &mut report);
    disable::honour(&request, &mut report);
    let warnings = report.finish()?;
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
            polling: method.polling,
            method_config: method.starting.clone(),
            auto_populated_fields: method
                .auto_populated_fields
                .iter()
                .map(|field| field.name.clone())
                .collect(),
            operation_rules: service.operation_rules.clone(),
        })
    });
    Ok((methods.collect(), warnings))
}

impl LroType {
    fn new(type_ref: &TypeRef) -> Self {
        Self { full_name: type_ref.full_name.clone(), unimported: type_ref.unimported.clone() }
    }
}
