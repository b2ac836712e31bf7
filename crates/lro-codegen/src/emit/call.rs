//! What clients do to a request before they send it, and where constants find its standard fields.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Emitter;
use crate::ident::{snake, type_name};
use crate::model::{Call, Method, Place, RoutingParameter, Scalar, Step};

impl Emitter<'_> {
    /// `.with_request_id(…)` and so on, for the constant of a method with requests of type `input`.
    pub(super) fn request_settings(&self, call: &Call, input: &TokenStream) -> TokenStream {
        // The types of the constant come too late for the compiler to know what the functions take.
        let request = quote!(request: &#input);
        let request_id = call.request_id.as_ref().map(|id| {
            let field = field_ident(&id.name);
            if id.optional {
                quote!(.with_request_id(
                    |#request| request.#field.as_deref().unwrap_or_default(),
                    |request, id| { request.#field.get_or_insert(id); },
                ))
            } else {
                quote!(.with_request_id(|#request| &request.#field, |request, id| request.#field = id))
            }
        });
        let validate_only = call.validate_only.as_ref().map(|flag| {
            let field = field_ident(&flag.name);
            let default = flag.optional.then(|| quote!(.unwrap_or_default()));
            quote!(.with_validate_only(|#request| request.#field #default))
        });
        let routing = self.routing(call, &request).map(|routing| quote!(.with_routing(#routing)));
        quote!(#request_id #validate_only #routing)
    }

    /// Statements that fill in ids, and the request as it is to be sent, for the client's method of an RPC with one request.
    pub(super) fn prepare(&self, method: &Method) -> (TokenStream, TokenStream) {
        // The start of an operation does for itself what the constant says.
        let starts = method.operation.is_some();
        let call = &method.call;
        let ids: Vec<&Scalar> = call.request_id.iter().filter(|_| !starts).chain(&call.ids).collect();
        let (fill, request) = if ids.is_empty() {
            (None, quote!(request.into_request()))
        } else {
            let fills = ids.iter().map(|id| fill(id));
            (Some(quote!(let mut request = request.into_request(); #(#fills)*)), quote!(request))
        };
        let routing = self
            .routing(call, &quote!(request))
            .filter(|_| !starts && call.routing.iter().any(|all| !all.is_empty()));
        let request = match routing {
            Some(routing) => quote!(routed(#request, #routing)),
            None => request,
        };
        (quote!(#fill), request)
    }

    /// A function from the request, declared as `request`, to its routing header.
    fn routing(&self, call: &Call, request: &TokenStream) -> Option<TokenStream> {
        let parameters = call.routing.as_ref()?;
        if parameters.is_empty() {
            return Some(quote!(|_| Routing::new()));
        }
        let parameters = parameters.iter().map(|parameter| {
            let value = self.value(parameter);
            match (&parameter.template, &parameter.field) {
                (Some(template), _) => quote!(.template(#template, #value)),
                (None, field) => quote!(.field(#field, #value)),
            }
        });
        Some(quote!(|#request| Routing::new() #(#parameters)*))
    }

    /// A reference to a field of `request`, in an `Option` if it may be absent.
    fn value(&self, parameter: &RoutingParameter) -> TokenStream {
        let mut value = Value::Place(quote!(request));
        for step in &parameter.steps {
            value = self.step(value, step);
        }
        let Some(enumeration) = &parameter.enumeration else {
            return match value {
                Value::Place(place) => quote!(&#place),
                Value::Option(option) => option,
            };
        };
        let enumeration = self.rust_type(enumeration);
        let known = match value {
            Value::Place(place) => quote!(#enumeration::try_from(#place).ok()),
            Value::Option(option) => quote!(#option.and_then(|value| #enumeration::try_from(*value).ok())),
        };
        quote!(#known.map(|value| value.as_str_name()))
    }

    pub(super) fn step(&self, from: Value, step: &Step) -> Value {
        let field = field_ident(&step.field);
        match (from, &step.place) {
            (Value::Place(place), Place::Plain) => Value::Place(quote!(#place.#field)),
            (Value::Place(place), Place::Optional) => Value::Option(quote!(#place.#field.as_ref())),
            (Value::Place(place), Place::Oneof { name, type_name }) => {
                Value::Option(self.oneof(&place, &step.field, name, type_name))
            }
            (Value::Option(option), Place::Plain) => {
                Value::Option(quote!(#option.map(|message| &message.#field)))
            }
            (Value::Option(option), Place::Optional) => {
                Value::Option(quote!(#option.and_then(|message| message.#field.as_ref())))
            }
            (Value::Option(option), Place::Oneof { name, type_name }) => {
                let inner = self.oneof(&quote!(message), &step.field, name, type_name);
                Value::Option(quote!(#option.and_then(|message| #inner)))
            }
        }
    }

    fn oneof(&self, place: &TokenStream, field: &str, oneof: &str, enumeration: &str) -> TokenStream {
        let oneof = field_ident(oneof);
        let enumeration = self.rust_type(enumeration);
        let variant = format_ident!("{}", type_name(field));
        quote!(match &#place.#oneof {
            Some(#enumeration::#variant(value)) => Some(value),
            _ => None,
        })
    }
}

/// An expression for a field.
pub(super) enum Value {
    /// The field itself.
    Place(TokenStream),
    /// `Option<&T>`.
    Option(TokenStream),
}

/// What the docs of a client's method say about the ids that it fills in.
pub(super) fn about_ids(call: &Call) -> Option<String> {
    let ids: Vec<String> = call
        .request_id
        .iter()
        .chain(&call.ids)
        .map(|id| {
            let state = if id.optional { "is not set" } else { "is empty" };
            format!("`{}` gets a random UUID if it {state}.", id.name)
        })
        .collect();
    (!ids.is_empty()).then(|| ids.join("\n"))
}

/// A statement that gives a field a random id unless it has a value.
fn fill(id: &Scalar) -> TokenStream {
    let field = field_ident(&id.name);
    if id.optional {
        quote!(request.get_mut().#field.get_or_insert_with(random_id);)
    } else {
        quote!(if request.get_ref().#field.is_empty() {
            request.get_mut().#field = random_id();
        })
    }
}

pub(super) fn field_ident(name: &str) -> proc_macro2::Ident {
    format_ident!("{}", snake(name))
}
