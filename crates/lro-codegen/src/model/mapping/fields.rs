//! The fields of operations, and of requests about them.

use super::resolver::{Resolver, is_text};
use super::{Done, Fields, Payload};
use crate::diagnostics::shown;
use crate::diagnostics::suggest::nearest;
use crate::input::details::{Field, Kind, MessageDetails, Presence};
use crate::model::field::{Place, Step};
use crate::operation_mapping::{DoneNames, FieldNames, Name, OperationMapping};

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
        let done = self.done(of, message, done.as_ref(), error.as_ref());
        let response =
            self.payload(mapping, message, "response", response.as_ref(), mapping.response_type.as_ref());
        let metadata =
            self.payload(mapping, message, "metadata", metadata.as_ref(), mapping.metadata_type.as_ref());
        let is_status = |field: &Field| field.kind() == Kind::Message(STATUS);
        let error = self.optional(of, message, error.as_ref(), "error", is_status, "is no google.rpc.Status");
        Some(Fields { name: name?, done: done?, metadata, error, response })
    }

    fn done(
        &mut self,
        of: &Name,
        message: &MessageDetails<'a>,
        given: Option<&DoneNames>,
        error: Option<&Name>,
    ) -> Option<Done> {
        if let (None, Some(error), None) = (given, error, message.field("done")) {
            let message = format!("nothing says which field of {} tells that an operation is done", of.text);
            let help = format!("write `done: {}` if the operation is done once that is there", error.text);
            return self.problem(&of.location, message, help);
        }
        let field = given.map(|given| &given.field);
        if let Some(DoneNames { field: name, values }) = given
            && let Some(Kind::Enum(enumeration)) = message.field(&name.text).map(Field::kind)
        {
            let is_enum = |field: &Field| matches!(field.kind(), Kind::Enum(_));
            let step = self.operation_field(of, message, field, "done", is_enum, "is no enum")?;
            return Some(Done::Values(step, self.values(enumeration, name, values)?));
        }
        if let Some(DoneNames { field, values }) = given
            && !values.is_empty()
            && message.field(&field.text).is_some()
        {
            let message = format!("the field `{}` of {} is no enum", shown(&field.text), of.text);
            return self.problem(&field.location, message, "leave out its values".to_owned());
        }
        let is_mark = |field: &Field| matches!(field.kind(), Kind::Bool | Kind::Message(_));
        let marks = "is neither a bool nor a message";
        let step = self.operation_field(of, message, field, "done", is_mark, marks)?;
        let is_flag = message.field(&step.field).is_some_and(|field| field.kind() == Kind::Bool);
        Some(if is_flag { Done::Flag(step) } else { Done::Presence(step) })
    }

    /// The numbers of the values of an enum that say that an operation is done.
    fn values(&mut self, enumeration: &str, field: &Name, names: &[Name]) -> Option<Vec<i32>> {
        let known = self.types.enumeration(self.request, enumeration);
        let known = known.map(|found| &found.value[..]).unwrap_or_default();
        if names.is_empty() {
            let all: Vec<&str> = known.iter().map(|value| value.name.as_str()).collect();
            let message = format!("nothing says with which values of {enumeration} an operation is done");
            let help = format!(
                "write `done: {{ field: {}, values: […] }}` with some of {}",
                field.text,
                all.join(", ")
            );
            return self.problem(&field.location, message, help);
        }
        let mut numbers = Vec::new();
        for name in names {
            let Some(value) = known.iter().find(|value| value.name == name.text) else {
                let help = match nearest(&name.text, known.iter().map(|value| value.name.as_str())) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "write the name that the value has in the proto".to_owned(),
                };
                let message = format!("{enumeration} has no value `{}`", shown(&name.text));
                return self.problem(&name.location, message, help);
            };
            numbers.push(value.number);
        }
        Some(numbers)
    }

    /// Where the metadata or response is: in a field, or in the operation that is that itself.
    fn payload(
        &mut self,
        mapping: &OperationMapping,
        message: &MessageDetails<'a>,
        usual: &'static str,
        given: Option<&Name>,
        type_name: Option<&Name>,
    ) -> Option<Payload> {
        let of = &mapping.message;
        if type_name.is_some_and(|name| name.text.trim_start_matches('.') == of.text) {
            let Some(field) = given else { return Some(Payload::Operation) };
            let message =
                format!("the {usual} is the operation itself, and cannot be in `{}`", shown(&field.text));
            let help = format!("leave out the field, or name another type under `{usual}_type`");
            return self.problem(&field.location, message, help);
        }
        let is_any = |field: &Field| field.kind() == Kind::Message(ANY);
        let step = self.optional(of, message, given, usual, is_any, "is no google.protobuf.Any");
        step.map(Payload::Field)
    }

    /// A field that is named, or the one of the usual name if it is there and will do.
    fn optional(
        &mut self,
        of: &Name,
        message: &MessageDetails<'a>,
        given: Option<&Name>,
        usual: &'static str,
        is_it: impl Fn(&Field) -> bool,
        what: &str,
    ) -> Option<Step> {
        let is_there = message
            .field(usual)
            .is_some_and(|field| is_it(field) && message.presence(field) != Presence::Repeated);
        if given.is_none() && !is_there {
            return None;
        }
        self.operation_field(of, message, given, usual, is_it, what)
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
            return self.no_field(message, message_name, name);
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

    pub(super) fn no_field<T>(
        &mut self,
        message: &MessageDetails<'_>,
        message_name: &str,
        name: &Name,
    ) -> Option<T> {
        let names = message.fields().iter().map(|field| field.name.as_str());
        let help = match nearest(&name.text, names.clone()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if message.fields().is_empty() => "it has no fields".to_owned(),
            None => format!("its fields are {}", names.collect::<Vec<_>>().join(", ")),
        };
        self.problem(&name.location, format!("{message_name} has no field `{}`", shown(&name.text)), help)
    }
}
