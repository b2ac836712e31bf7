//! The scalar types of Protobuf: how they are encoded and how they compare.

use super::super::compare::{Kind, Value};
use super::wire::{Wire, fixed, varint};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Double,
    Float,
    Int64,
    Uint64,
    Int32,
    Fixed64,
    Fixed32,
    Bool,
    Text,
    Bytes,
    Uint32,
    /// Also the number of an enum.
    Enum,
    Sfixed32,
    Sfixed64,
    Sint32,
    Sint64,
}

impl Scalar {
    /// By the number in `FieldDescriptorProto.Type`.
    pub(super) fn of_type(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::Double,
            2 => Self::Float,
            3 => Self::Int64,
            4 => Self::Uint64,
            5 => Self::Int32,
            6 => Self::Fixed64,
            7 => Self::Fixed32,
            8 => Self::Bool,
            9 => Self::Text,
            12 => Self::Bytes,
            13 => Self::Uint32,
            14 => Self::Enum,
            15 => Self::Sfixed32,
            16 => Self::Sfixed64,
            17 => Self::Sint32,
            18 => Self::Sint64,
            _ => return None,
        })
    }

    /// What literals are read as.
    pub(super) fn kind(self) -> Kind<'static> {
        let between = |first: i64, last: u64| Kind::Integer(first.into(), last.into());
        match self {
            Self::Double | Self::Float => Kind::Float,
            Self::Int64 | Self::Sfixed64 | Self::Sint64 => between(i64::MIN, i64::MAX.unsigned_abs()),
            Self::Uint64 | Self::Fixed64 => between(0, u64::MAX),
            Self::Int32 | Self::Sfixed32 | Self::Sint32 | Self::Enum => {
                between(i32::MIN.into(), i32::MAX.unsigned_abs().into())
            }
            Self::Uint32 | Self::Fixed32 => between(0, u32::MAX.into()),
            Self::Bool => Kind::Bool,
            Self::Text => Kind::Text,
            Self::Bytes => Kind::Bytes,
        }
    }

    /// What a field is that is not set and has no presence of its own.
    pub(super) fn default(self) -> Value<'static> {
        match self {
            Self::Double | Self::Float => Value::Float(0.0),
            Self::Bool => Value::Bool(false),
            Self::Text => Value::Text(""),
            Self::Bytes => Value::Bytes(b""),
            _ => Value::Integer(0),
        }
    }

    /// The value of one occurrence; `None` where it is encoded as something else.
    pub(super) fn read(self, wire: Wire<'_>) -> Option<Value<'_>> {
        match (self, wire) {
            (Self::Text, Wire::Bytes(bytes)) => std::str::from_utf8(bytes).ok().map(Value::Text),
            (Self::Bytes, Wire::Bytes(bytes)) => Some(Value::Bytes(bytes)),
            (Self::Double, Wire::Fixed64(bits)) => Some(Value::Float(f64::from_bits(bits))),
            (Self::Float, Wire::Fixed32(bits)) => Some(Value::Float(single(f32::from_bits(bits)))),
            (Self::Fixed64, Wire::Fixed64(bits)) => Some(Value::Integer(bits.into())),
            (Self::Sfixed64, Wire::Fixed64(bits)) => Some(Value::Integer(bits.cast_signed().into())),
            (Self::Fixed32, Wire::Fixed32(bits)) => Some(Value::Integer(bits.into())),
            (Self::Sfixed32, Wire::Fixed32(bits)) => Some(Value::Integer(bits.cast_signed().into())),
            (scalar, Wire::Varint(bits)) => scalar.of_varint(bits),
            _ => None,
        }
    }

    /// Reads the occurrences of a repeated field, each of which may be many values one after the other.
    pub(super) fn any(self, wire: Wire<'_>, is_wanted: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let Wire::Bytes(mut packed) = wire else { return self.read(wire).is_some_and(is_wanted) };
        if matches!(self, Self::Text | Self::Bytes) {
            return self.read(wire).is_some_and(is_wanted);
        }
        while !packed.is_empty() {
            let Some(next) = self.unpack(&mut packed) else { return false };
            if self.read(next).is_some_and(&mut *is_wanted) {
                return true;
            }
        }
        false
    }

    fn unpack(self, rest: &mut &[u8]) -> Option<Wire<'static>> {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => {
                fixed(rest).map(|bytes| Wire::Fixed64(u64::from_le_bytes(bytes)))
            }
            Self::Float | Self::Fixed32 | Self::Sfixed32 => {
                fixed(rest).map(|bytes| Wire::Fixed32(u32::from_le_bytes(bytes)))
            }
            _ => varint(rest).map(Wire::Varint),
        }
    }

    fn of_varint(self, bits: u64) -> Option<Value<'static>> {
        let [a, b, c, d, ..] = bits.to_le_bytes();
        let low = u32::from_le_bytes([a, b, c, d]);
        let number = match self {
            Self::Bool => return Some(Value::Bool(bits != 0)),
            Self::Int64 => bits.cast_signed().into(),
            Self::Uint64 => bits.into(),
            Self::Int32 | Self::Enum => low.cast_signed().into(),
            Self::Uint32 => low.into(),
            Self::Sint64 => ((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed()).into(),
            Self::Sint32 => ((low >> 1).cast_signed() ^ -(low & 1).cast_signed()).into(),
            _ => return None,
        };
        Some(Value::Integer(number))
    }
}

/// As the shortest decimal that stands for it: who asks for `0.1` means the `float` that is written so.
fn single(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| number.into())
}
