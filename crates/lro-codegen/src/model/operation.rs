//! Which methods are long-running, and what keeps those plain that look as if they were.

use super::annotation::{Annotation, By};
use super::build::Builder;
use super::{OPERATION, OperationTypes};
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor::{Method, OperationInfo};
use crate::input::path;
use crate::operation_mapping::{Name, OperationMapping};

/// What the requests about operations that exist already are named below.
const PACKAGE: &str = "google.longrunning.";

/// Whether one request starts one operation of a method. The answer may be the operation as it starts, or a stream of all that becomes of
/// it.
fn starts_one(method: &Method) -> bool {
    !method.client_streaming
}

fn returned(method: &Method) -> &str {
    method.output_type.trim_start_matches('.')
}

fn returns_operation(method: &Method) -> bool {
    returned(method) == OPERATION
}

fn streams(method: &Method) -> bool {
    method.client_streaming || method.server_streaming
}

/// What becomes of a method.
pub(super) struct LongRunning {
    /// Whether it is meant to be long-running and typed, whatever is said of it is worth.
    pub(super) is_meant: bool,
    pub(super) types: Option<OperationTypes>,
}

impl Builder<'_, '_> {
    /// What the operations of a method hold, if it is one that can be generated as long-running.
    pub(super) fn long_running(
        &mut self,
        service: &str,
        full_name: &str,
        method: &Method,
        at: &[i32],
    ) -> LongRunning {
        // Whose the number is says only the file, and is asked only where it is used.
        let info = method.operation_info().filter(|_| self.option.is_meant(returns_operation(method)));
        let mapping = self.mappings.find(service, returned(method));
        let returns = returns_operation(method) || mapping.is_some();
        let annotation = if returns && starts_one(method) {
            let annotation = self.annotation(full_name, method, info.as_ref(), mapping, at);
            match mapping {
                Some(index) => self.with_types_of_mapping(annotation, index, service, method),
                None => annotation,
            }
        } else {
            self.warn_of_annotation_outside(full_name, method);
            None
        };
        let types = annotation.as_ref().and_then(|annotation| self.operation(full_name, annotation, mapping));
        match info {
            _ if annotation.is_some() => {}
            _ if returns_operation(method) && streams(method) => {
                self.streams_operations(full_name, method, info.as_ref(), at);
            }
            Some(_) => {
                let output = returned(method);
                let option = [at, &[path::METHOD_OPTIONS, path::OPERATION_INFO]].concat();
                let message = format!("{full_name} has the option operation_info but returns {output}");
                let help = format!("let it return {OPERATION}, or remove the option");
                self.stays_plain(Rule::OperationReturn, message, help, &option);
            }
            None if returns_operation(method) => self.unannotated(full_name, method, at),
            None => {}
        }
        LongRunning { is_meant: annotation.is_some(), types }
    }

    /// Who says what the operations of a method hold: its proto, or else something outside of it.
    fn annotation(
        &mut self,
        full_name: &str,
        method: &Method,
        info: Option<&OperationInfo>,
        mapping: Option<usize>,
        at: &[i32],
    ) -> Option<Annotation> {
        let option = |number: i32| [at, &[path::METHOD_OPTIONS, number]].concat();
        let mapped = mapping.map(|index| self.mappings.get(index)).and_then(|mapping| {
            let (response, metadata) = mapping.annotated(method)?;
            let number = i32::try_from(mapping.extension()?).ok()?;
            Some(Annotation { response, metadata, by: By::OwnOption(option(number)) })
        });
        let own = info.map(|info| Annotation {
            response: info.response_type.clone(),
            metadata: info.metadata_type.clone(),
            by: By::OperationInfo(option(path::OPERATION_INFO)),
        });
        let in_proto = mapped.or(own);
        let outside = self.settings.operation_info(full_name).map(|(info, at)| Annotation {
            response: info.response.clone(),
            metadata: info.metadata.clone(),
            by: By::Outside(at.clone()),
        });
        let (Some(proto), Some(outside)) = (&in_proto, &outside) else { return in_proto.or(outside) };
        for (what, said, other) in [
            ("response", &proto.response, &outside.response),
            ("metadata", &proto.metadata, &outside.metadata),
        ] {
            if !other.is_empty() && self.full(said) != self.full(other) {
                let message = format!(
                    "the {what} of {full_name} is {said} by its proto, and {other} by what is said outside of it, which does not count"
                );
                self.outside(message, "say the same, or nothing", &outside.by);
            }
        }
        in_proto
    }

    /// What the mapping says of operations of all methods: what no method says by itself, and what the operation itself is.
    fn with_types_of_mapping(
        &self,
        annotation: Option<Annotation>,
        mapping: usize,
        service: &str,
        method: &Method,
    ) -> Option<Annotation> {
        let mapping = self.mappings.get(mapping);
        let (response, metadata) = (mapping.response_type(), mapping.metadata_type());
        let says_nothing = response.is_none() && metadata.is_none();
        if annotation.is_none() && (says_nothing || self.mappings.is_about_operations(service, &method.name))
        {
            return None;
        }
        let at = |given: Option<(&Name, bool)>| given.map(|(name, _)| name.location.clone());
        let by = By::Mapping { response: at(response), metadata: at(metadata) };
        let said = annotation.unwrap_or(Annotation { response: String::new(), metadata: String::new(), by });
        let full = |said: String, given: Option<(&Name, bool)>| match given {
            Some((name, is_operation)) if is_operation || said.is_empty() => name.text.clone(),
            _ => said,
        };
        Some(Annotation {
            response: full(said.response, response),
            metadata: full(said.metadata, metadata),
            ..said
        })
    }

    fn warn_of_annotation_outside(&mut self, full_name: &str, method: &Method) {
        let Some((_, at)) = self.settings.operation_info(full_name) else { return };
        let is_mapped = |mapping: &OperationMapping| mapping.message.text == returned(method);
        if starts_one(method) && self.settings.operation_mappings().any(is_mapped) {
            // What is wrong with that mapping has been said.
            return;
        }
        let by = By::Outside(at.clone());
        let message = if starts_one(method) {
            format!("{full_name} is said to be long-running, but returns {}", returned(method))
        } else {
            format!("{full_name} is said to be long-running, but takes a stream of requests")
        };
        let help = "leave that out, or say with an operation mapping how to read what it returns";
        self.outside(message, help, &by);
    }

    fn outside(&mut self, message: String, help: &str, by: &By) {
        let warning = Diagnostic::warning(Rule::OutsideAnnotation, message).help(help);
        self.report.push(match by {
            By::Outside(Some(at)) => warning.at(at.clone()),
            _ => warning,
        });
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
