//! The messages of `google.protobuf` that stand for a value, or whose fields are not what they are about.

use super::super::compare::{Kind, Value};
use super::scalar::Scalar;
use super::wire::{Wire, all, submessage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WellKnown {
    Timestamp,
    Duration,
    /// `Int64Value` and the like.
    Wrapper(Scalar),
    Struct,
    /// A value of a `Struct`.
    Value,
    /// The values of a list in a `Struct`.
    List,
    Any,
    Empty,
}

/// The numbers of the fields of a `Struct` and what it consists of.
pub(super) mod number {
    /// In a `Struct`: the map.
    pub(in super::super) const FIELDS: u32 = 1;
    /// In a `Value`.
    pub(in super::super) const STRUCT: u32 = 5;
    pub(super) const LIST: u32 = 6;
    /// In a `ListValue`.
    pub(in super::super) const VALUES: u32 = 1;
    /// In an `Any`.
    pub(in super::super) const TYPE_URL: u32 = 1;
}

impl WellKnown {
    pub(super) fn of(full_name: &str) -> Option<Self> {
        Some(match full_name.strip_prefix("google.protobuf.")? {
            "Timestamp" => Self::Timestamp,
            "Duration" => Self::Duration,
            "DoubleValue" => Self::Wrapper(Scalar::Double),
            "FloatValue" => Self::Wrapper(Scalar::Float),
            "Int64Value" => Self::Wrapper(Scalar::Int64),
            "UInt64Value" => Self::Wrapper(Scalar::Uint64),
            "Int32Value" => Self::Wrapper(Scalar::Int32),
            "UInt32Value" => Self::Wrapper(Scalar::Uint32),
            "BoolValue" => Self::Wrapper(Scalar::Bool),
            "StringValue" => Self::Wrapper(Scalar::Text),
            "BytesValue" => Self::Wrapper(Scalar::Bytes),
            "Struct" => Self::Struct,
            "Value" => Self::Value,
            "ListValue" => Self::List,
            "Any" => Self::Any,
            "Empty" => Self::Empty,
            _ => return None,
        })
    }

    /// What it is compared as; `None` if it is no value.
    pub(super) fn kind(self) -> Option<Kind<'static>> {
        match self {
            Self::Timestamp => Some(Kind::Timestamp),
            Self::Duration => Some(Kind::Duration),
            Self::Wrapper(scalar) => Some(scalar.kind()),
            Self::Value => Some(Kind::Dynamic),
            Self::Struct | Self::List | Self::Any | Self::Empty => None,
        }
    }

    /// Whether its value is wanted; of a list, whether one of its values is.
    pub(super) fn any(self, message: &[u8], is_wanted: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        match self {
            Self::Timestamp | Self::Duration => is_wanted(Value::Time(nanos(message))),
            Self::Wrapper(scalar) => {
                let value = all(message, 1).last().map_or(Some(scalar.default()), |wire| scalar.read(wire));
                value.is_some_and(is_wanted)
            }
            Self::Value => any_in_value(message, is_wanted),
            Self::Struct | Self::List | Self::Any | Self::Empty => false,
        }
    }
}

/// The seconds and nanoseconds of a time or of a duration.
fn nanos(message: &[u8]) -> i128 {
    const NANOS: i128 = 1_000_000_000;
    let number = |number, scalar: Scalar| match all(message, number).last().and_then(|wire| scalar.read(wire))
    {
        Some(Value::Integer(number)) => number,
        _ => 0,
    };
    number(1, Scalar::Int64) * NANOS + number(2, Scalar::Int32)
}

/// The value in a `Value`; of a list each that is no list itself, and of a struct its keys.
fn any_in_value(value: &[u8], is_wanted: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    if let Some(list) = submessage(value, number::LIST) {
        return all(&list, number::VALUES).any(|element| match element {
            Wire::Bytes(element) => scalar_in_value(element).is_some_and(&mut *is_wanted),
            _ => false,
        });
    }
    if let Some(fields) = submessage(value, number::STRUCT) {
        return all(&fields, number::FIELDS).any(|entry| match entry {
            Wire::Bytes(entry) => match all(entry, 1).last().and_then(|key| Scalar::Text.read(key)) {
                Some(Value::Text(key)) => is_wanted(Value::Key(key)),
                _ => false,
            },
            _ => false,
        });
    }
    scalar_in_value(value).is_some_and(is_wanted)
}

fn scalar_in_value(value: &[u8]) -> Option<Value<'_>> {
    let mut found = None;
    for (number, wire) in super::wire::Fields(value) {
        found = match number {
            1 => Some(Value::Null),
            2 => Scalar::Double.read(wire),
            3 => Scalar::Text.read(wire),
            4 => Scalar::Bool.read(wire),
            _ => None,
        };
    }
    found
}
