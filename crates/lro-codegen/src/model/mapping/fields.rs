//! The fields of operations, and of requests about them.

use super::resolver::Resolver;
use super::{Done, Fields};
use crate::diagnostics::shown;
use crate::diagnostics::suggest::nearest;
use crate::input::details::{Field, Kind, MessageDetails, Presence};
use crate::model::field::{Place, Step};
use crate::service_config::{FieldNames, Name, OperationMapping};

const ANY: &str = "google.protobuf.Any";
const STATUS: &str = "google.rpc.Status";

impl<'a> Resolver<'a, '_> {
    pub(super) fn fields(
        &mut self,
        mapping: &OperationMapping,
        message: &MessageDetails<'a>,
    ) -> Option<Fields> {
        let FieldNames { name, done, metadata, error, response } = &mapping.fields;
        let of = &mapping.message;
        let name = self.operation_field(of, message, name.as_ref(), "name", is_text, "is no text");
        let is_mark = |field: &Field| matches!(field.kind(), Kind::Bool | Kind::Message(_));
        let marks = "is neither a bool nor a message";
        let done = match (done, error) {
            (None, Some(error)) if message.field("done").is_none() => {
                let message =
                    format!("nothing says which field of {} tells that an operation is done", of.text);
                let help =
                    format!("write `done: {}` if the operation is done once that is there", error.text);
                self.problem(&of.location, message, help)
            }
            (done, _) => self.operation_field(of, message, done.as_ref(), "done", is_mark, marks),
        };
        let done = done.map(|step| {
            let is_flag = message.field(&step.field).is_some_and(|field| field.kind() == Kind::Bool);
            if is_flag { Done::Flag(step) } else { Done::Presence(step) }
        });
        let mut optional = |given: &Option<Name>, default: &'static str, type_name: &'static str| {
            let is_it = |field: &Field| field.kind() == Kind::Message(type_name);
            let what = if type_name == ANY { "is no google.protobuf.Any" } else { "is no google.rpc.Status" };
            if given.is_none() && message.field(default).is_none_or(|field| !is_it(field)) {
                return None;
            }
            self.operation_field(of, message, given.as_ref(), default, is_it, what)
        };
        let (metadata, error, response) = (
            optional(metadata, "metadata", ANY),
            optional(error, "error", STATUS),
            optional(response, "response", ANY),
        );
        Some(Fields { name: name?, done: done?, metadata, error, response })
    }

    /// A field of an operation: the one that is given, or that of its usual name.
    fn operation_field(
        &mut self,
        of: &Name,
        message: &MessageDetails<'a>,
        given: Option<&Name>,
        default: &str,
        is_it: impl Fn(&Field) -> bool,
        what: &str,
    ) -> Option<Step> {
        let usual = Name { text: default.to_owned(), location: of.location.clone() };
        let name = given.unwrap_or(&usual);
        let field = self.field(message, &of.text, name, is_it, what)?;
        self.step(message, &of.text, field, name)
    }

    pub(super) fn step(
        &mut self,
        message: &MessageDetails<'_>,
        message_name: &str,
        field: &Field,
        name: &Name,
    ) -> Option<Step> {
        match Place::of(message_name, message, field) {
            Some(place) => Some(Step { field: field.name.clone(), place }),
            None => self.problem(
                &name.location,
                format!("the field {} of {message_name} is repeated", field.name),
                "name a field that is there once".to_owned(),
            ),
        }
    }

    pub(super) fn field<'m>(
        &mut self,
        message: &'m MessageDetails<'_>,
        message_name: &str,
        name: &Name,
        is_it: impl Fn(&Field) -> bool,
        what: &str,
    ) -> Option<&'m Field> {
        let Some(field) = message.field(&name.text) else {
            let names = message.fields().iter().map(|field| field.name.as_str());
            let help = match nearest(&name.text, names.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its fields are {}", names.collect::<Vec<_>>().join(", ")),
            };
            return self.problem(
                &name.location,
                format!("{message_name} has no field `{}`", shown(&name.text)),
                help,
            );
        };
        if is_it(field) && message.presence(field) != Presence::Repeated {
            return Some(field);
        }
        self.problem(
            &name.location,
            format!("the field `{}` of {message_name} {what}", field.name),
            "name another one".to_owned(),
        )
    }
}

pub(super) fn is_text(field: &Field) -> bool {
    field.kind() == Kind::Text
}
