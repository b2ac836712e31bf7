//! The options of an element, read one by one.
//!
//! On the wire an option is a number and a value. Extensions of other owners may use the number of one of ours, with values of any kind, so
//! options stay encoded, and one that is not of the expected form is passed over. Only a file's imports say whose a number is.

use bytes::{Buf as _, Bytes};
use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// The encoded options of an element; more than one piece where the encoder wrote them in several.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options<'a>(pub(crate) &'a [Bytes]);

impl Options<'_> {
    /// A switch that is on.
    pub(crate) fn is_set(self, number: u32) -> bool {
        let mut value = false;
        self.read(number, WireType::Varint, |rest| {
            value = decode_varint(rest).ok()? != 0;
            Some(())
        });
        value
    }

    /// A message, if there is a value that can be read as one.
    pub(crate) fn message<T: Message + Default>(self, number: u32) -> Option<T> {
        let mut message = None::<T>;
        self.read(number, WireType::LengthDelimited, |rest| {
            let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
            if length > rest.remaining() {
                return None;
            }
            // An option that comes in parts is merged, as any message is.
            message.get_or_insert_default().merge(rest.split_to(length)).ok()
        })?;
        message
    }

    /// The last text, if there is a value that can be read as one.
    pub(crate) fn text(self, number: u32) -> Option<String> {
        self.pieces(number)?.pop().and_then(|text| String::from_utf8(text.to_vec()).ok())
    }

    /// The values of an option that are bytes, texts or messages, still encoded; nothing if there are none.
    pub(crate) fn pieces(self, number: u32) -> Option<Vec<Bytes>> {
        let mut pieces = Vec::new();
        self.read(number, WireType::LengthDelimited, |rest| {
            let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
            (length <= rest.remaining()).then(|| pieces.push(rest.split_to(length)))
        })?;
        (!pieces.is_empty()).then_some(pieces)
    }

    /// Hands all values of an option to `value`, which takes one off the front. Nothing if the options cannot be read to their end.
    fn read(
        self,
        number: u32,
        wanted: WireType,
        mut value: impl FnMut(&mut Bytes) -> Option<()>,
    ) -> Option<()> {
        for piece in self.0 {
            let mut rest = piece.clone();
            while rest.has_remaining() {
                let (found, wire_type) = decode_key(&mut rest).ok()?;
                if found == number && wire_type == wanted {
                    value(&mut rest)?;
                } else {
                    skip_field(wire_type, found, &mut rest, DecodeContext::default()).ok()?;
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pieces: &[&'static [u8]]) -> Vec<Bytes> {
        pieces.iter().copied().map(Bytes::from_static).collect()
    }

    /// `google.longrunning.OperationInfo`, or what else has a text as its first field.
    #[derive(Clone, PartialEq, Message)]
    struct Text {
        #[prost(string, tag = "1")]
        first: String,
        #[prost(string, tag = "2")]
        second: String,
    }

    fn text(pieces: &[&'static [u8]]) -> Option<(String, String)> {
        Options(&options(pieces)).message::<Text>(3).map(|text| (text.first, text.second))
    }

    #[test]
    fn a_message_is_found_among_other_options_and_merged_of_its_parts() {
        let found = |first: &str, second: &str| Some((first.to_owned(), second.to_owned()));
        assert_eq!(text(&[]), None);
        assert_eq!(text(&[b"\x1a\x00"]), found("", ""));
        assert_eq!(text(&[b"\x08\x01\x1a\x03\x0a\x01a\x12\x00"]), found("a", ""));
        assert_eq!(text(&[b"\x1a\x03\x0a\x01a\x1a\x03\x12\x01b"]), found("a", "b"));
        assert_eq!(text(&[b"\x1a\x03\x0a\x01a", b"\x1a\x03\x12\x01b"]), found("a", "b"));
    }

    #[test]
    fn what_is_no_such_message_is_passed_over() {
        // A number, one of 64 bits, one of 32, a group.
        for other in [&b"\x18\x07"[..], b"\x19\0\0\0\0\0\0\0\0", b"\x1d\0\0\0\0", b"\x1b\x0a\x01a\x1c"] {
            assert_eq!(text(&[other]), None, "{other:?}");
            let mut both = other.to_vec();
            both.extend(b"\x1a\x03\x0a\x01a");
            let both: &'static [u8] = both.leak();
            assert_eq!(text(&[both]), Some(("a".to_owned(), String::new())), "{other:?}");
        }
        // A text, a message whose first field is a number, and what is cut short.
        for other in
            [&b"\x1a\x03abc"[..], b"\x1a\x02\x08\x01", b"\x1a\x03\x0a\x01", b"\x1a", b"\x18", b"\xff"]
        {
            assert_eq!(text(&[other]), None, "{other:?}");
        }
    }

    #[test]
    fn the_last_value_of_a_switch_counts() {
        let is_set = |pieces: &[&'static [u8]]| Options(&options(pieces)).is_set(3);
        assert!(
            is_set(&[b"\x18\x01"]) && is_set(&[b"\x18\x00\x18\x01"]) && is_set(&[b"\x08\x00", b"\x18\x02"])
        );
        assert!(
            !is_set(&[])
                && !is_set(&[b"\x18\x01\x18\x00"])
                && !is_set(&[b"\x1a\x01\x01"])
                && !is_set(&[b"\x18"])
        );
    }
}
