//! References as text, and back.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::OperationRef;

/// What stands before the name, and before the id of the request.
const NAME: &str = "?name=";
const REQUEST_ID: &str = "&request_id=";

/// Writes the method, the name and the id of the request, as the path and query of a URL.
impl fmt::Display for OperationRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(f, &self.method)?;
        f.write_str(NAME)?;
        encode(f, &self.name)?;
        if let Some(id) = &self.request_id {
            f.write_str(REQUEST_ID)?;
            encode(f, id)?;
        }
        Ok(())
    }
}

/// Reads what [`Display`](fmt::Display) writes. Percent-encoding may be lower-case, and may stand where it need not.
impl FromStr for OperationRef {
    type Err = ParseOperationRefError;

    fn from_str(text: &str) -> Result<Self, ParseOperationRefError> {
        let missing = ParseOperationRefError { problem: Problem::NoName };
        let (method, rest) = text.split_once(NAME).ok_or(missing)?;
        let (name, request_id) = match rest.split_once(REQUEST_ID) {
            Some((name, id)) => (name, Some(id)),
            None => (rest, None),
        };
        // Each part is a slice of the text, so its distance from the end says where it stands.
        let part = |part: &str, after: usize| decode(part, text.len() - after - part.len());
        let after_name = rest.len() - name.len();
        let reference = Self::new(part(method, NAME.len() + rest.len())?, part(name, after_name)?);
        match request_id {
            Some(id) => Ok(reference.with_request_id(part(id, 0)?)),
            None => Ok(reference),
        }
    }
}

/// Why a text is no [`OperationRef`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseOperationRefError {
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    NoName,
    /// At a byte of the text.
    Character(usize),
    Escape(usize),
    /// In the part that begins at this byte.
    NotUtf8(usize),
}

impl fmt::Display for ParseOperationRefError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a reference to an operation: ")?;
        match self.problem {
            Problem::NoName => write!(f, "`{NAME}` is missing"),
            Problem::Character(at) => write!(f, "the character at byte {at} has to be percent-encoded"),
            Problem::Escape(at) => write!(f, "the `%` at byte {at} has no two hexadecimal digits after it"),
            Problem::NotUtf8(at) => {
                write!(f, "the percent-encoded bytes in the part at byte {at} are not UTF-8")
            }
        }
    }
}

impl Error for ParseOperationRefError {}

/// What stands for itself: the unreserved characters of RFC 3986, and two that names are full of and that end no part.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte)
}

fn encode(f: &mut fmt::Formatter<'_>, part: &str) -> fmt::Result {
    for byte in part.bytes() {
        if is_plain(byte) {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// The text that `part`, which begins at byte `start` of the whole, stands for.
fn decode(part: &str, start: usize) -> Result<String, ParseOperationRefError> {
    let fail = |problem| ParseOperationRefError { problem };
    let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
    let mut bytes = part.bytes().enumerate();
    let mut decoded = Vec::with_capacity(part.len());
    while let Some((at, byte)) = bytes.next() {
        if byte == b'%' {
            let mut next = || digit(bytes.next().map(|(_, byte)| byte));
            let escaped = next().zip(next()).and_then(|(high, low)| u8::try_from(16 * high + low).ok());
            decoded.push(escaped.ok_or_else(|| fail(Problem::Escape(start + at)))?);
        } else if is_plain(byte) {
            decoded.push(byte);
        } else {
            return Err(fail(Problem::Character(start + at)));
        }
    }
    String::from_utf8(decoded).map_err(|_| fail(Problem::NotUtf8(start)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_ends_a_part_is_encoded_within_it() {
        let reference = OperationRef::new("/a.B/C?name=&request_id=%", "ä b\n?name=%&request_id=")
            .with_request_id("&request_id=");
        let text = reference.to_string();
        assert_eq!(
            text,
            "/a.B/C%3Fname%3D%26request_id%3D%25?name=%C3%A4%20b%0A%3Fname%3D%25%26request_id%3D&request_id=%26request_id%3D"
        );
        assert_eq!(text.parse(), Ok(reference));
    }

    #[test]
    fn an_empty_id_is_another_than_none() {
        let none = OperationRef::new("", "");
        assert_eq!(none.to_string(), "?name=");
        assert_eq!("?name=".parse(), Ok(none.clone()));
        let empty = none.with_request_id("");
        assert_eq!(empty.to_string(), "?name=&request_id=");
        assert_eq!("?name=&request_id=".parse(), Ok(empty));
    }

    #[test]
    fn errors_say_what_is_wrong_and_where() {
        let cases = [
            ("", "`?name=` is missing"),
            ("operations/1", "`?name=` is missing"),
            ("/a.B/C?name=operations/1\n", "the character at byte 24 has to be percent-encoded"),
            ("/a B/C?name=1", "the character at byte 2 has to be percent-encoded"),
            ("/a.B/C?name=1&request_id=2&color=3", "the character at byte 26 has to be percent-encoded"),
            ("/a.B/C?name=ä", "the character at byte 12 has to be percent-encoded"),
            ("/a.B/C?name=%4", "the `%` at byte 12 has no two hexadecimal digits after it"),
            ("/a.B/C?name=%+4", "the `%` at byte 12 has no two hexadecimal digits after it"),
            (
                "/a.B/C?name=1&request_id=%FF",
                "the percent-encoded bytes in the part at byte 25 are not UTF-8",
            ),
        ];
        for (text, why) in cases {
            let error = text.parse::<OperationRef>().unwrap_err();
            assert_eq!(error.to_string(), format!("not a reference to an operation: {why}"), "{text:?}");
        }
    }

    fn any_reference() -> impl Strategy<Value = OperationRef> {
        let part = || prop_oneof![".{0,20}", "[?&=%name/]{0,12}", any::<String>()];
        (part(), part(), proptest::option::of(part())).prop_map(|(method, name, id)| OperationRef {
            method: method.into(),
            name,
            request_id: id,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(reference in any_reference()) {
            let text = reference.to_string();
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{}", text);
            prop_assert_eq!(text.parse(), Ok(reference));
        }

        #[test]
        fn any_text_is_read_or_refused(text in prop_oneof![any::<String>(), "[%0-9a-f]{0,6}(\\?name=[%0-9a-fé]{0,8})?(&request_id=[%0-9a-g]{0,8})?"]) {
            if let Ok(reference) = text.parse::<OperationRef>() {
                prop_assert_eq!(reference.to_string().parse(), Ok(reference));
            }
        }
    }
}
