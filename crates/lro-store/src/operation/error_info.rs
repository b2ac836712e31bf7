//! Why an operation was ended, for programs to read.

use super::Payload;

/// A `google.rpc.ErrorInfo` with this reason (AIP-193), and perhaps the name of an operation in its metadata. Its domain is left
/// open: it is the server's, which whoever shows the operation knows.
///
/// It is encoded here, because a store knows no Protobuf library: fields 1 and 3 of the message, both texts with
/// their lengths before them.
pub(crate) fn error_info(reason: &str, operation: Option<&str>) -> Payload {
    let mut value = Vec::new();
    put(&mut value, 1, reason.as_bytes());
    if let Some(name) = operation {
        let mut entry = Vec::new();
        put(&mut entry, 1, b"operation");
        put(&mut entry, 2, name.as_bytes());
        put(&mut value, 3, &entry);
    }
    Payload::new("type.googleapis.com/google.rpc.ErrorInfo", value)
}

/// Adds a field that has a length.
fn put(message: &mut Vec<u8>, number: u8, content: &[u8]) {
    const LENGTH_DELIMITED: u8 = 2;
    message.push(number << 3 | LENGTH_DELIMITED);
    let mut length = content.len();
    loop {
        let [low, ..] = length.to_le_bytes();
        length >>= 7;
        let more = if length > 0 { 0x80 } else { 0 };
        message.push(low & 0x7f | more);
        if length == 0 {
            break;
        }
    }
    message.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_encoded_as_the_wire_format_has_them() {
        assert_eq!(&*error_info("A_B", None).value, b"\x0a\x03A_B");
        assert_eq!(
            &*error_info("A", Some("operations/a")).value,
            b"\x0a\x01A\x1a\x19\x0a\x09operation\x12\x0coperations/a"
        );
        let long = "x".repeat(300);
        assert_eq!(error_info(&long, None).value[..3], [0x0a, 0xac, 0x02]);
    }
}
