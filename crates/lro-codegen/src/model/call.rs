//! What clients do to a request before they send it.

use super::Method;
use super::build::Builder;
use super::field::Step;
use crate::diagnostics::suggest;
use crate::diagnostics::{Diagnostic, Rule, shown};
use crate::input::details::{Kind, MessageDetails, MethodOptions, Presence};
use crate::input::validate::is_identifier;
use crate::service_config::AutoPopulatedField;

const REQUEST_ID: &str = "request_id";

/// What clients add to the calls of a method, and what its server asks of the request.
#[derive(Debug, Default)]
pub(crate) struct Call {
    /// The field by which the server knows a repeat (AIP-155).
    pub(crate) request_id: Option<Scalar>,
    /// The field that asks only for a check (AIP-163).
    pub(crate) validate_only: Option<Scalar>,
    /// Further fields that get a random UUID when they have no value (AIP-4235).
    pub(crate) ids: Vec<Scalar>,
    /// What the routing header is made of (AIP-4222), if there is to be one.
    pub(crate) routing: Option<Vec<RoutingParameter>>,
}

/// A field of a request that is no message.
#[derive(Debug)]
pub(crate) struct Scalar {
    pub(crate) name: String,
    /// Whether prost keeps it in an `Option`.
    pub(crate) optional: bool,
}

/// A key of the routing header, and where its value comes from.
#[derive(Debug)]
pub(crate) struct RoutingParameter {
    /// The template, if there is one; it names the key.
    pub(crate) template: Option<String>,
    /// The field, as the proto writes it; the key if there is no template.
    pub(crate) field: String,
    pub(crate) steps: Vec<Step>,
    /// The enum that the last field is of, if it is.
    pub(crate) enumeration: Option<String>,
}

impl<'a> Builder<'a, '_> {
    /// Fills in what clients do to the requests of a service's methods. `number` is the service's position in its file.
    pub(super) fn calls(&mut self, service: &str, number: usize, methods: &mut [Method]) {
        let mut options = Vec::new();
        if self.routing_headers {
            options = self.request.details(self.index).method_options(number);
            options.resize_with(methods.len(), MethodOptions::default);
        }
        for (number, method) in methods.iter_mut().enumerate() {
            method.call = self.call(service, method, options.get(number));
        }
    }

    /// Reads what the proto and the service config say of the calls of a method.
    fn call(&mut self, service: &str, method: &Method, options: Option<&MethodOptions>) -> Call {
        if method.streaming.client {
            return Call::default();
        }
        let Some(request) = self.message(&method.input) else { return Call::default() };
        let mut request_id = id(&request, REQUEST_ID);
        let mut ids = Vec::new();
        for AutoPopulatedField { name, location } in &method.auto_populated_fields {
            match id(&request, name) {
                // Of a request id the service config alone may say that clients fill it in.
                Ok(_) if name == REQUEST_ID => {}
                Ok(found) => ids.push(found),
                Err(NoId::Unannotated(found)) if name == REQUEST_ID => request_id = Ok(found),
                Err(reason) => self.report.push(reason.warning(&request, method, name).at(location.clone())),
            }
        }
        Call {
            request_id: request_id.ok(),
            validate_only: scalar(&request, "validate_only", Kind::Bool),
            ids,
            routing: options.map(|options| self.routing(service, method, options)),
        }
    }

    /// A message by its full name, if it is one that the files of the request define.
    pub(super) fn message(&self, full_name: &str) -> Option<MessageDetails<'a>> {
        self.types.message(self.request, full_name).map(|(_, message)| message)
    }
}

/// Why clients cannot fill a field with an id.
enum NoId {
    Missing,
    NoText,
    /// A text that may mean anything.
    Unannotated(Scalar),
}

impl NoId {
    fn warning(&self, request: &MessageDetails<'_>, method: &Method, name: &str) -> Diagnostic {
        let (name, input) = (shown(name), &method.input);
        let (message, help) = match self {
            Self::Missing => {
                let fields = request.fields().iter().map(|field| field.name.as_str());
                let nearest = suggest::nearest(&name, fields).map(|nearest| format!("did you mean {nearest}?"));
                let remove = || "remove it from auto_populated_fields".to_owned();
                (format!("{input} has no field {name} to fill in"), nearest.unwrap_or_else(remove))
            }
            Self::NoText => (
                format!("clients cannot fill in {input}.{name}, which does not hold one text"),
                "let it be a `string` that is neither repeated nor part of a oneof, or remove it from auto_populated_fields".to_owned(),
            ),
            Self::Unannotated(_) => (
                format!("clients do not fill in {input}.{name}, because nothing says that it is a UUID"),
                "annotate it with `[(google.api.field_info).format = UUID4]`, or remove it from auto_populated_fields".to_owned(),
            ),
        };
        Diagnostic::warning(Rule::UnknownSelector, message).help(help)
    }
}

/// A text field that is annotated as a UUID (AIP-202).
fn id(message: &MessageDetails<'_>, name: &str) -> Result<Scalar, NoId> {
    let field = message.field(name).ok_or(NoId::Missing)?;
    let found = scalar(message, name, Kind::Text).ok_or(NoId::NoText)?;
    if field.is_uuid4() { Ok(found) } else { Err(NoId::Unannotated(found)) }
}

/// A field of the message itself that holds one value of a kind.
fn scalar(message: &MessageDetails<'_>, name: &str, kind: Kind<'_>) -> Option<Scalar> {
    let field = message.field(name).filter(|field| field.kind() == kind && is_identifier(name))?;
    let optional = match message.presence(field) {
        Presence::Always => false,
        Presence::Optional => true,
        Presence::Oneof(_) | Presence::Repeated => return None,
    };
    Some(Scalar { name: name.to_owned(), optional })
}
