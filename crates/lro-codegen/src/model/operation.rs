//! Which methods are long-running, and what keeps those plain that look as if they were.

use super::OperationTypes;
use super::build::Builder;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor::{Method, OperationInfo};
use crate::input::source::path;

pub(crate) const OPERATION: &str = "google.longrunning.Operation";

/// What the requests about operations that exist already are named below.
const PACKAGE: &str = "google.longrunning.";

/// Whether a method is meant as a long-running one that can be typed, whatever its annotation is worth.
///
/// One request starts one operation. The answer may be the operation as it starts, or a stream of all that becomes of it.
pub(super) fn is_long_running(method: &Method, info: Option<&OperationInfo>) -> bool {
    info.is_some() && returns_operation(method) && !method.client_streaming
}

fn returns_operation(method: &Method) -> bool {
    method.output_type.trim_start_matches('.') == OPERATION
}

fn streams(method: &Method) -> bool {
    method.client_streaming || method.server_streaming
}

impl Builder<'_, '_> {
    /// What the operations of a method hold, if it is one that can be generated as long-running.
    pub(super) fn long_running(
        &mut self,
        full_name: &str,
        method: &Method,
        info: Option<&OperationInfo>,
        at: &[i32],
    ) -> Option<OperationTypes> {
        let option = [at, &[path::METHOD_OPTIONS, path::OPERATION_INFO]].concat();
        match info {
            Some(info) if is_long_running(method, Some(info)) => {
                return self.operation(full_name, info, &option);
            }
            _ if returns_operation(method) && streams(method) => {
                self.streams_operations(full_name, method, info, at);
            }
            Some(_) => {
                let output = method.output_type.trim_start_matches('.');
                let message = format!("{full_name} has the option operation_info but returns {output}");
                let help = format!("let it return {OPERATION}, or remove the option");
                self.stays_plain(Rule::OperationReturn, message, help, &option);
            }
            None if returns_operation(method) => self.unannotated(full_name, method, at),
            None => {}
        }
        None
    }

    /// A stream of requests starts no operation, and a stream of operations is typed by its messages alone where nothing says what they
    /// hold. That is said once.
    fn streams_operations(
        &mut self,
        full_name: &str,
        method: &Method,
        info: Option<&OperationInfo>,
        at: &[i32],
    ) {
        // What only asks for operations that exist already is as it should be.
        if info.is_none() && asks_for_operations(method) {
            return;
        }
        let (number, what, remedy) = if method.client_streaming {
            (
                path::METHOD_INPUT,
                "takes a stream of requests and returns",
                "remove `stream` from its requests",
            )
        } else {
            (path::METHOD_OUTPUT, "returns a stream of", "say with operation_info what its operations hold")
        };
        let unused = info.map_or("", |_| ", and its operation_info is not used");
        let message = format!("{full_name} {what} {OPERATION}; it stays a plain streaming method{unused}");
        let allow = Rule::ResponseUnary.name();
        let help = format!("{remedy} to get a typed method, or set allow={allow} if it is meant to be plain");
        self.stays_plain(Rule::ResponseUnary, message, help, &[at, &[number]].concat());
    }

    fn unannotated(&mut self, full_name: &str, method: &Method, at: &[i32]) {
        // Such a method starts no operation, so there is nothing that it could say.
        if asks_for_operations(method) {
            return;
        }
        let message = format!(
            "{full_name} returns {OPERATION} but does not say what its operation holds; it stays a plain method"
        );
        let help = "add `option (google.longrunning.operation_info) = { response_type: \"…\" metadata_type: \"…\" };`";
        self.stays_plain(Rule::OperationInfo, message, help.to_owned(), at);
    }

    fn stays_plain(&mut self, rule: Rule, message: String, help: String, at: &[i32]) {
        self.report.push(Diagnostic::warning(rule, message).at(self.source.locate(at)).help(help));
    }
}

/// Whether a method takes a request of the service `Operations`, as an API's own `GetOperation` does.
fn asks_for_operations(method: &Method) -> bool {
    method.input_type.trim_start_matches('.').starts_with(PACKAGE)
}
