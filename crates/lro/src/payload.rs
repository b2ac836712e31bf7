//! Packing messages into `google.protobuf.Any` and taking them out again, by their full names.
//!
//! Messages that prost generates do not know their own names unless asked to, so the name comes from
//! outside: it is a literal in the [`Method`](crate::Method) constant.

use std::fmt;

use prost::{DecodeError, Message};
use prost_types::Any;

/// What is put before a message's full name to form its type URL.
const PREFIX: &str = "type.googleapis.com/";

/// A declared type of this name takes any payload as it is.
const ANY: &str = "google.protobuf.Any";

/// Packs `message`, whose full name is `type_name`.
///
/// If the declared type is `google.protobuf.Any` itself, the message is already packed and stays as it is.
/// Only an `Any` that holds nothing, or another `Any`, is wrapped once more: [`unpack`] could not tell it
/// from what it holds.
pub fn pack<M: Message>(type_name: &str, message: &M) -> Any {
    let value = message.encode_to_vec();
    if type_name == ANY
        && let Ok(inner) = Any::decode(value.as_slice())
        && !matches!(type_name_of(&inner), "" | ANY)
    {
        return inner;
    }
    Any { type_url: [PREFIX, type_name].concat(), value }
}

/// Takes the message with the full name `type_name` out of `payload`.
///
/// If the declared type is `google.protobuf.Any` itself and the payload is something else, the result is
/// the payload as it came.
///
/// # Errors
///
/// [`UnexpectedPayload`], with the payload in it, if it is of another type or its bytes do not decode.
pub fn unpack<M: Message + Default>(type_name: &str, payload: Any) -> Result<M, UnexpectedPayload> {
    let found = type_name_of(&payload);
    let decoded = if found == type_name {
        M::decode(payload.value.as_slice())
    } else if type_name == ANY {
        // `M` need not be prost's own `Any`, only a message with its fields: through the bytes both work.
        M::decode(payload.encode_to_vec().as_slice())
    } else {
        return Err(UnexpectedPayload { payload, expected: type_name.to_owned(), source: None });
    };
    decoded.map_err(|error| UnexpectedPayload {
        payload,
        expected: type_name.to_owned(),
        source: Some(error),
    })
}

/// The full name of the message in `payload`: what follows the last slash of its type URL. One at the very end does not count.
pub fn type_name_of(payload: &Any) -> &str {
    payload.type_url.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// A payload that is not what was declared. It is kept as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct UnexpectedPayload {
    payload: Any,
    expected: String,
    source: Option<DecodeError>,
}

impl UnexpectedPayload {
    /// The payload as it came.
    pub fn payload(&self) -> &Any {
        &self.payload
    }

    /// The full name of the message that was expected.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for UnexpectedPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { payload, expected, source } = self;
        match source {
            Some(_) => write!(f, "the payload is declared as `{expected}` but does not decode as one"),
            None => write!(f, "the payload is a `{}`, expected a `{expected}`", type_name_of(payload)),
        }
    }
}

impl std::error::Error for UnexpectedPayload {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

#[cfg(test)]
mod tests {
    use prost_types::{Duration, Timestamp};

    use super::*;

    const DURATION: &str = "google.protobuf.Duration";

    #[test]
    fn what_is_packed_comes_out_again() {
        let message = Duration { seconds: 3, nanos: 0 };
        let packed = pack(DURATION, &message);
        assert_eq!(packed.type_url, "type.googleapis.com/google.protobuf.Duration");
        assert_eq!(unpack::<Duration>(DURATION, packed), Ok(message));
    }

    #[test]
    fn only_the_part_after_the_last_slash_counts() {
        for type_url in
            ["google.protobuf.Duration", "/google.protobuf.Duration", "a.b/c/google.protobuf.Duration"]
        {
            let payload = Any { type_url: type_url.to_owned(), value: Vec::new() };
            assert_eq!(unpack::<Duration>(DURATION, payload), Ok(Duration::default()), "{type_url}");
        }
    }

    #[test]
    fn empty_is_the_unit_type() {
        let packed = pack("google.protobuf.Empty", &());
        assert_eq!(packed.value, Vec::<u8>::new());
        assert_eq!(unpack::<()>("google.protobuf.Empty", packed), Ok(()));
    }

    #[test]
    fn another_type_is_refused_and_kept() {
        let payload = pack("google.protobuf.Timestamp", &Timestamp { seconds: 1, nanos: 0 });
        let error = unpack::<Duration>(DURATION, payload.clone()).unwrap_err();
        assert_eq!(error.payload(), &payload);
        assert_eq!(
            error.to_string(),
            "the payload is a `google.protobuf.Timestamp`, expected a `google.protobuf.Duration`"
        );
    }

    #[test]
    fn bytes_that_do_not_decode_are_refused_and_kept() {
        let payload = Any { type_url: format!("{PREFIX}{DURATION}"), value: vec![0xff] };
        let error = unpack::<Duration>(DURATION, payload.clone()).unwrap_err();
        assert_eq!(error.payload(), &payload);
        assert!(std::error::Error::source(&error).is_some());
    }

    #[test]
    fn declared_any_is_the_payload_as_it_came() {
        let payload = pack(DURATION, &Duration { seconds: 3, nanos: 0 });
        assert_eq!(pack(ANY, &payload), payload);
        assert_eq!(unpack::<Any>(ANY, payload.clone()), Ok(payload));
    }

    #[test]
    fn an_any_without_contents_or_around_another_survives_the_round_trip() {
        let inner = pack(DURATION, &Duration { seconds: 3, nanos: 0 });
        let around = Any { type_url: format!("{PREFIX}{ANY}"), value: inner.encode_to_vec() };
        for message in [Any::default(), around] {
            assert_eq!(unpack::<Any>(ANY, pack(ANY, &message)), Ok(message));
        }
    }
}
