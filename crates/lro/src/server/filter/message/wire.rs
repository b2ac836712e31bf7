//! Encoded messages, field by field, without a struct to decode them into.
//!
//! What cannot be read ends the message: whoever stored it will have looked at it more closely.

use std::borrow::Cow;

/// A field as it stands in an encoded message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// A text, bytes, a message, or numbers one after the other.
    Bytes(&'a [u8]),
}

/// The fields of a message in the order in which they were written, each with its number.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, Wire<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let read = field(&mut self.0);
        if read.is_none() {
            self.0 = &[];
        }
        read
    }
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<(u32, Wire<'a>)> {
    const GROUP: u64 = 3;
    const END_OF_GROUP: u64 = 4;
    let (number, kind) = key(rest)?;
    if kind != GROUP {
        return Some((number, value(rest, kind)?));
    }
    let (inside, mut depth) = (*rest, 1_u32);
    loop {
        let end = inside.len() - rest.len();
        match key(rest)?.1 {
            GROUP => depth += 1,
            END_OF_GROUP => depth -= 1,
            kind => drop(value(rest, kind)?),
        }
        if depth == 0 {
            return Some((number, Wire::Bytes(&inside[..end])));
        }
    }
}

fn key(rest: &mut &[u8]) -> Option<(u32, u64)> {
    let key = varint(rest)?;
    Some((u32::try_from(key >> 3).ok()?, key & 7))
}

fn value<'a>(rest: &mut &'a [u8], kind: u64) -> Option<Wire<'a>> {
    match kind {
        0 => varint(rest).map(Wire::Varint),
        1 => fixed(rest).map(|bytes| Wire::Fixed64(u64::from_le_bytes(bytes))),
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            let (bytes, after) = rest.split_at_checked(length)?;
            *rest = after;
            Some(Wire::Bytes(bytes))
        }
        5 => fixed(rest).map(|bytes| Wire::Fixed32(u32::from_le_bytes(bytes))),
        _ => None,
    }
}

pub(super) fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

pub(super) fn fixed<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*bytes)
}

/// All occurrences of a field.
pub(super) fn all(message: &[u8], number: u32) -> impl Iterator<Item = Wire<'_>> {
    Fields(message).filter_map(move |(of, value)| (of == number).then_some(value))
}

/// The message that a field holds. Where it was written several times, what was written is one message after the other,
/// which is how Protobuf merges.
pub(super) fn submessage(message: &[u8], number: u32) -> Option<Cow<'_, [u8]>> {
    let mut found: Option<Cow<'_, [u8]>> = None;
    for value in all(message, number) {
        let Wire::Bytes(part) = value else { continue };
        found = Some(match found {
            None => Cow::Borrowed(part),
            Some(before) => {
                let mut whole = before.into_owned();
                whole.extend_from_slice(part);
                Cow::Owned(whole)
            }
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_their_order_until_something_cannot_be_read() {
        let message =
            [0x08, 0x96, 0x01, 0x12, 0x01, b'x', 0x1d, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0, 0x3a];
        let fields: Vec<_> = Fields(&message).collect();
        let expected =
            [(1, Wire::Varint(150)), (2, Wire::Bytes(b"x")), (3, Wire::Fixed32(1)), (4, Wire::Fixed64(2))];
        assert_eq!(fields, expected);
        for broken in [&[0x80][..], &[0xff; 11], &[0x12, 5, 1], &[0x0c], &[0x0b, 0x08], &[0x0f]] {
            assert_eq!(Fields(broken).count(), 0, "{broken:?}");
        }
    }

    #[test]
    fn a_group_is_its_inside() {
        // Field 1 is a group with field 2 and a group 3, and then comes field 4.
        let message = [0x0b, 0x10, 7, 0x1b, 0x1c, 0x0c, 0x20, 9];
        let fields: Vec<_> = Fields(&message).collect();
        assert_eq!(fields, [(1, Wire::Bytes(&[0x10, 7, 0x1b, 0x1c])), (4, Wire::Varint(9))]);
    }

    #[test]
    fn parts_of_a_message_are_one_message() {
        let message = [0x0a, 2, 0x08, 1, 0x0a, 2, 0x10, 2];
        assert_eq!(submessage(&message, 1).as_deref(), Some(&[0x08, 1, 0x10, 2][..]));
        assert_eq!(submessage(&message, 2), None);
    }
}
