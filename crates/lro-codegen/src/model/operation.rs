//! Which methods are long-running, and what keeps those plain that look as if they were.

use super::OperationTypes;
use super::build::Builder;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor::{self, OperationInfo};
use crate::input::source::path;

pub(crate) const OPERATION: &str = "google.longrunning.Operation";

/// The package whose requests are about operations that exist already.
const PACKAGE: &str = "google.longrunning.";

/// Whether a method is meant as a long-running one that can be typed, whatever its annotation is worth.
pub(super) fn is_long_running(method: &descriptor::Method, info: Option<&OperationInfo>) -> bool {
    let streams = method.client_streaming || method.server_streaming;
    info.is_some() && !streams && method.output_type.trim_start_matches('.') == OPERATION
}

impl Builder<'_, '_> {
    /// What the operations of a method hold, if it is one that can be generated as long-running.
    ///
    /// A method that streams operations stays plain, annotated or not: its clients and servers are typed by the stream alone.
    pub(super) fn long_running(
        &mut self,
        full_name: &str,
        method: &descriptor::Method,
        info: Option<&OperationInfo>,
        at: &[i32],
    ) -> Option<OperationTypes> {
        let [input, output] =
            [&method.input_type, &method.output_type].map(|name| name.trim_start_matches('.'));
        let option = [at, &[path::METHOD_OPTIONS, path::OPERATION_INFO]].concat();
        let streams = method.client_streaming || method.server_streaming;
        let (rule, at, message, help) = match (output == OPERATION, info) {
            (_, Some(info)) if is_long_running(method, Some(info)) => return self.operation(full_name, info, &option),
            // What asks for an operation by its name starts none, so there is nothing that it could say.
            (true, None) if input.starts_with(PACKAGE) => return None,
            (true, _) if streams => {
                let (number, what) = if method.server_streaming {
                    (path::METHOD_OUTPUT, "returns a stream of")
                } else {
                    (path::METHOD_INPUT, "takes a stream of requests and returns")
                };
                let unused = info.map_or("", |_| ", and its operation_info is not used");
                (
                    Rule::ResponseUnary,
                    [at, &[number]].concat(),
                    format!("{full_name} {what} {OPERATION}; it stays a plain streaming method{unused}"),
                    format!("remove `stream` to get a typed method, or set allow={} if it is meant to stream", Rule::ResponseUnary.name()),
                )
            }
            (true, _) => (
                Rule::OperationInfo,
                at.to_vec(),
                format!("{full_name} returns {OPERATION} but does not say what its operation holds; it stays a plain method"),
                "add `option (google.longrunning.operation_info) = { response_type: \"…\" metadata_type: \"…\" };`"
                    .to_owned(),
            ),
            (false, Some(_)) => (
                Rule::OperationReturn,
                option,
                format!("{full_name} has the option operation_info but returns {output}"),
                format!("let it return {OPERATION}, or remove the option"),
            ),
            (false, None) => return None,
        };
        self.report.push(Diagnostic::warning(rule, message).at(self.source.locate(&at)).help(help));
        None
    }
}
