//! How an operation ended.

use std::num::NonZeroI32;
use std::sync::Arc;

use bytes::Bytes;

/// A message of some type, encoded: what `google.protobuf.Any` holds, without a dependency on any Protobuf
/// library. Cloning it copies no bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Payload {
    /// Says which message it is: `type.googleapis.com/` and the full name.
    pub type_url: Arc<str>,
    /// The encoded message.
    pub value: Bytes,
}

impl Payload {
    /// A payload of the given type.
    pub fn new(type_url: impl Into<Arc<str>>, value: impl Into<Bytes>) -> Self {
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

impl Outcome {
    /// How many bytes a store keeps for it.
    pub fn size(&self) -> usize {
        match self {
            Self::Response(response) => response.size(),
            Self::Error(failure) => failure.size(),
        }
    }

    /// The code of the error; `None` for a response.
    pub fn code(&self) -> Option<FailureCode> {
        match self {
            Self::Response(_) => None,
            Self::Error(failure) => Some(failure.code),
        }
    }
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

    /// How many bytes a store keeps for it.
    pub fn size(&self) -> usize {
        self.message.len() + self.details.iter().map(Payload::size).sum::<usize>()
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
    /// The operation was not done when its time was over.
    pub const DEADLINE_EXCEEDED: Self = Self::known(4);
    /// The work was given up because of something that ran beside it, or was interrupted too often.
    pub const ABORTED: Self = Self::known(10);
    /// A bug on the server's side.
    pub const INTERNAL: Self = Self::known(13);
    /// Something that the work needs is not there right now.
    pub const UNAVAILABLE: Self = Self::known(14);

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
