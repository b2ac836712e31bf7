//! The details of a failure as bytes: the field `repeated google.protobuf.Any details = 3` of a `google.rpc.Status`, so
//! that whoever looks into a database can read them with any Protobuf tool.

use bytes::Bytes;

use crate::Payload;

/// The tags of the fields, which are all of the wire type LEN.
const DETAILS: u8 = 3 << 3 | 2;
const TYPE_URL: u8 = 1 << 3 | 2;
const VALUE: u8 = 2 << 3 | 2;

/// Why bytes are no details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not the details of a google.rpc.Status")]
pub(super) struct InvalidDetails;

pub(super) fn encode(details: &[Payload]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Payload { type_url, value } in details {
        let mut any = Vec::with_capacity(type_url.len() + value.len() + 12);
        put(&mut any, TYPE_URL, type_url.as_bytes());
        put(&mut any, VALUE, value);
        put(&mut bytes, DETAILS, &any);
    }
    bytes
}

pub(super) fn decode(mut bytes: &[u8]) -> Result<Vec<Payload>, InvalidDetails> {
    let mut details = Vec::new();
    while !bytes.is_empty() {
        let mut any = take(&mut bytes, DETAILS)?;
        let type_url = std::str::from_utf8(take(&mut any, TYPE_URL)?).map_err(|_| InvalidDetails)?;
        let value = take(&mut any, VALUE)?;
        if !any.is_empty() {
            return Err(InvalidDetails);
        }
        details.push(Payload::new(type_url, Bytes::copy_from_slice(value)));
    }
    Ok(details)
}

fn put(bytes: &mut Vec<u8>, tag: u8, content: &[u8]) {
    bytes.push(tag);
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push(length.to_le_bytes()[0] | 0x80);
        length >>= 7;
    }
    bytes.push(length.to_le_bytes()[0]);
    bytes.extend_from_slice(content);
}

/// Takes a field of this tag off the front.
fn take<'a>(bytes: &mut &'a [u8], tag: u8) -> Result<&'a [u8], InvalidDetails> {
    let (first, mut rest) = bytes.split_first().ok_or(InvalidDetails)?;
    if *first != tag {
        return Err(InvalidDetails);
    }
    let mut length = 0_usize;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(InvalidDetails)?;
        rest = after;
        length |= usize::from(byte & 0x7f).checked_shl(shift).ok_or(InvalidDetails)?;
        if byte & 0x80 == 0 {
            let (content, after) = rest.split_at_checked(length).ok_or(InvalidDetails)?;
            *bytes = after;
            return Ok(content);
        }
    }
    Err(InvalidDetails)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn details_are_those_of_a_status() {
        let details = [Payload::new("type.googleapis.com/a.B", vec![7, 0]), Payload::new("", vec![1; 200])];
        let bytes = encode(&details);
        assert_eq!(bytes[..6], [0x1a, 29, 0x0a, 23, b't', b'y'], "as protoc encodes a Status");
        assert_eq!(decode(&bytes).unwrap(), details);
        assert_eq!(encode(&[]), [0_u8; 0]);
    }

    proptest! {
        #[test]
        fn details_read_back_as_they_are(
            details in prop::collection::vec((".{0,40}", prop::collection::vec(any::<u8>(), 0..400)), 0..4)
        ) {
            let details: Vec<Payload> =
                details.into_iter().map(|(type_url, value)| Payload::new(type_url, value)).collect();
            let bytes = encode(&details);
            prop_assert_eq!(decode(&bytes).unwrap(), details);
            if !bytes.is_empty() {
                prop_assert!(decode(&bytes[..bytes.len() - 1]).is_err());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes);
        }
    }
}
