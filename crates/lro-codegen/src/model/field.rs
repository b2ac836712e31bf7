//! Where prost keeps the fields of a message.

use super::join;
use crate::ident::oneof_type;
use crate::input::details::{Field, MessageDetails, Presence};
use crate::input::validate::is_identifier;

/// From a message to one of its fields.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) field: String,
    pub(crate) place: Place,
}

/// Where prost keeps a field.
#[derive(Debug)]
pub(crate) enum Place {
    /// In the struct, as its type.
    Plain,
    /// In the struct, in an `Option`.
    Optional,
    /// In the enum of a oneof: the oneof, and the full name that the enum would have in the proto.
    Oneof { name: String, type_name: String },
}

impl Place {
    /// Where a field of a message is kept; nothing if it is repeated, or part of a oneof that has no name in Rust.
    pub(super) fn of(message_name: &str, message: &MessageDetails<'_>, field: &Field) -> Option<Self> {
        match message.presence(field) {
            Presence::Always => Some(Self::Plain),
            Presence::Optional => Some(Self::Optional),
            Presence::Oneof(name) if is_identifier(name) => {
                let type_name = join(message_name, &oneof_type(name, message.type_names()));
                Some(Self::Oneof { name: name.to_owned(), type_name })
            }
            Presence::Oneof(_) | Presence::Repeated => None,
        }
    }
}
