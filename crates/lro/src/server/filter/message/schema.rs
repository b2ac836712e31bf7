//! The types of messages, as descriptors tell of them.

use std::collections::HashMap;

use prost::Message as _;

use super::descriptor::{EnumType, Field, FileDescriptorSet, MessageType};
use super::scalar::Scalar;

/// Messages by their full names.
#[derive(Debug)]
pub(super) struct Schema {
    messages: HashMap<String, Vec<FieldType>>,
    /// The names and numbers of each enum, by its full name.
    enums: HashMap<String, Vec<(String, i32)>>,
}

/// A field of a message.
#[derive(Debug)]
pub(super) struct FieldType {
    pub(super) name: String,
    /// The name in JSON, `createTime` for `create_time`.
    pub(super) json_name: String,
    pub(super) number: u32,
    /// Whether what is not set differs from the default.
    pub(super) is_explicit: bool,
    pub(super) shape: Shape,
}

#[derive(Debug)]
pub(super) enum Shape {
    One(Holds),
    Many(Holds),
    /// A map with keys of a kind.
    Map(Scalar, Holds),
}

/// What a field holds.
#[derive(Debug, Clone)]
pub(super) enum Holds {
    Scalar(Scalar),
    /// Of an enum, by its full name.
    Enum(String),
    /// A message, by its full name.
    Message(String),
}

impl Schema {
    /// Reads a `google.protobuf.FileDescriptorSet`; `None` if it is none.
    pub(super) fn read(descriptors: &[u8]) -> Option<Self> {
        let set = FileDescriptorSet::decode(descriptors).ok()?;
        let mut reader = Reader { schema: Self { messages: HashMap::new(), enums: HashMap::new() } };
        for file in &set.file {
            const IMPLICIT: i32 = 2;
            let features = file.options.as_ref().and_then(|options| options.features.as_ref());
            let is_implicit = match file.syntax.as_str() {
                "proto3" => true,
                "editions" => features.is_some_and(|features| features.field_presence == IMPLICIT),
                _ => false,
            };
            for message in &file.message {
                reader.message(&file.package, message, is_implicit);
            }
            for enumeration in &file.enumeration {
                reader.enumeration(&file.package, enumeration);
            }
        }
        Some(reader.schema)
    }

    /// The fields of a message.
    pub(super) fn message(&self, full_name: &str) -> Option<&[FieldType]> {
        self.messages.get(full_name).map(Vec::as_slice)
    }

    /// The names and numbers of an enum; none if it is not known.
    pub(super) fn enumeration(&self, full_name: &str) -> &[(String, i32)] {
        self.enums.get(full_name).map(Vec::as_slice).unwrap_or_default()
    }
}

struct Reader {
    schema: Schema,
}

impl Reader {
    fn message(&mut self, scope: &str, message: &MessageType, is_implicit: bool) {
        let full_name = join(scope, &message.name);
        for enumeration in &message.enumeration {
            self.enumeration(&full_name, enumeration);
        }
        let mut entries = HashMap::new();
        for nested in &message.nested {
            if nested.options.as_ref().is_some_and(|options| options.map_entry) {
                entries.insert(join(&full_name, &nested.name), nested);
            } else {
                self.message(&full_name, nested, is_implicit);
            }
        }
        let fields = message.field.iter().filter_map(|field| read_field(field, &entries, is_implicit));
        self.schema.messages.insert(full_name, fields.collect());
    }

    fn enumeration(&mut self, scope: &str, enumeration: &EnumType) {
        let values = enumeration.value.iter().map(|value| (value.name.clone(), value.number)).collect();
        self.schema.enums.insert(join(scope, &enumeration.name), values);
    }
}

/// `None` for a field of a type that there is not (yet).
fn read_field(
    field: &Field,
    entries: &HashMap<String, &MessageType>,
    is_implicit: bool,
) -> Option<FieldType> {
    const REPEATED: i32 = 3;
    const IMPLICIT: i32 = 2;
    const EXPLICIT: i32 = 1;
    let of_field = field.options.as_ref().and_then(|options| options.features.as_ref());
    let is_implicit = match of_field.map(|features| features.field_presence) {
        Some(IMPLICIT) => true,
        Some(EXPLICIT) => false,
        _ => is_implicit,
    };
    let holds = holds(field)?;
    let shape = match &holds {
        Holds::Message(name) if field.label == REPEATED => match entries.get(name) {
            Some(entry) => map(entry)?,
            None => Shape::Many(holds),
        },
        _ if field.label == REPEATED => Shape::Many(holds),
        _ => Shape::One(holds),
    };
    Some(FieldType {
        name: field.name.clone(),
        json_name: json_name(&field.name),
        number: u32::try_from(field.number).ok()?,
        is_explicit: field.proto3_optional || field.oneof_index.is_some() || !is_implicit,
        shape,
    })
}

fn map(entry: &MessageType) -> Option<Shape> {
    let of = |number| entry.field.iter().find(|field| field.number == number).and_then(holds);
    match (of(1)?, of(2)?) {
        (Holds::Scalar(key), value) => Some(Shape::Map(key, value)),
        _ => None,
    }
}

fn holds(field: &Field) -> Option<Holds> {
    const GROUP: i32 = 10;
    const MESSAGE: i32 = 11;
    const ENUM: i32 = 14;
    let name = || field.type_name.trim_start_matches('.').to_owned();
    match field.kind {
        GROUP | MESSAGE => Some(Holds::Message(name())),
        ENUM => Some(Holds::Enum(name())),
        kind => Scalar::of_type(kind).map(Holds::Scalar),
    }
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// As protoc derives it: the letter behind each `_` becomes a capital, and the `_` goes.
pub(super) fn json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut is_after_line = false;
    for char in name.chars() {
        if char == '_' {
            is_after_line = true;
        } else {
            json.push(if is_after_line { char.to_ascii_uppercase() } else { char });
            is_after_line = false;
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_json_are_those_of_protoc() {
        for (name, json) in [("create_time", "createTime"), ("a__b_1", "aB1"), ("_x", "X"), ("Name", "Name")]
        {
            assert_eq!(json_name(name), json);
        }
    }

    #[test]
    fn what_is_no_descriptor_is_no_schema() {
        assert!(Schema::read(&[0xff]).is_none());
        assert!(Schema::read(&[]).unwrap().message("a.B").is_none());
    }
}
