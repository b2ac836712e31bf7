//! How an operation ended.

use std::num::NonZeroI32;

use bytes::Bytes;

/// A message of some type, encoded: what `google.protobuf.Any` holds, without a dependency on any Protobuf
/// library.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Payload {
    /// Says which message it is: `type.googleapis.com/` and the full name.
    pub type_url: String,
    /// The encoded message.
    pub value: Bytes,
}

impl Payload {
    /// A payload of the given type.
    pub fn new(type_url: impl Into<String>, value: impl Into<Bytes>) -> Self {
        Self { type_url: type_url.into(), value: value.into() }
    }

    /// How many bytes a store keeps for it.
    pub fn size(&self) -> usize {
        self.type_url.len() + self.value.len()
    }
}

/// The result of an operation: exactly one of a response and an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The work succeeded with this response.
    Response(Payload),
    /// The work failed, was cancelled or was given up.
    Error(Failure),
}

/// Why an operation has no response: the content of a `google.rpc.Status` that is not OK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code.
    pub code: FailureCode,
    /// For developers, in English.
    pub message: String,
    /// Machine-readable details, as the work gave them.
    pub details: Vec<Payload>,
}

impl Failure {
    /// A failure without details.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Vec::new() }
    }
}

/// A code of `google.rpc.Code` other than OK, which would be no failure.
///
/// Numbers that the enum does not have today are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FailureCode(NonZeroI32);

impl FailureCode {
    /// The operation was cancelled.
    pub const CANCELLED: Self = Self::known(1);
    /// Nothing is known about the failure.
    pub const UNKNOWN: Self = Self::known(2);
    /// The work was given up because of something that ran beside it.
    pub const ABORTED: Self = Self::known(10);
    /// A bug on the server's side.
    pub const INTERNAL: Self = Self::known(13);

    /// The code of this number; `None` for 0, which is OK.
    pub const fn new(number: i32) -> Option<Self> {
        match NonZeroI32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number in `google.rpc.Code`.
    pub const fn number(self) -> i32 {
        self.0.get()
    }

    const fn known(number: i32) -> Self {
        match Self::new(number) {
            Some(code) => code,
            None => panic!("zero is not a failure"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_is_not_a_failure_and_unknown_numbers_are_kept() {
        assert_eq!(FailureCode::new(0), None);
        assert_eq!(FailureCode::new(1), Some(FailureCode::CANCELLED));
        assert_eq!(FailureCode::new(4_711).map(FailureCode::number), Some(4_711));
    }
}
