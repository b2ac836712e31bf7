//! What a store call can fail with.

use std::error::Error as StdError;

use crate::{ExclusiveKey, OperationName, Record};

type Source = Box<dyn StdError + Send + Sync>;

/// Why a store did not do what it was asked.
///
/// Ask it with `is_*`; the kinds will grow.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("the store cannot be reached; try again")]
    Unavailable(#[source] Source),
    #[error("the request has started {} already", .0.name())]
    Repeated(Box<Record>),
    #[error("{holder} holds `{key}` exclusively; wait for it, or cancel it")]
    Conflict { key: ExclusiveKey, holder: OperationName },
    #[error("{0} exists already")]
    AlreadyExists(OperationName),
    #[error("{0}")]
    Invalid(String),
    #[error("the store has failed; its log and its data need a look")]
    Internal(#[source] Source),
}

impl Error {
    /// The store cannot be reached, is overloaded, or lost the connection half-way: the call may or may not
    /// have had its effect, and trying it again makes sense.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        Self(Kind::Unavailable(source.into()))
    }

    /// `first` is there already for the same request key; this is it as it now stands.
    pub fn repeated(first: Record) -> Self {
        Self(Kind::Repeated(Box::new(first)))
    }

    /// `holder`, which is not done, has the key.
    pub fn conflict(key: ExclusiveKey, holder: OperationName) -> Self {
        Self(Kind::Conflict { key, holder })
    }

    /// An operation of this name is there.
    pub fn already_exists(name: OperationName) -> Self {
        Self(Kind::AlreadyExists(name))
    }

    /// The store cannot keep what it was given, and never will. The message says which limit it breaks.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self(Kind::Invalid(message.into()))
    }

    /// Damaged data or a bug: trying again will not help.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self(Kind::Internal(source.into()))
    }

    /// Whether trying again makes sense.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.0, Kind::Unavailable(_))
    }

    /// Whether the same request has started an operation before.
    pub fn is_repeated(&self) -> bool {
        matches!(self.0, Kind::Repeated(_))
    }

    /// The operation that the same request has started before, if that is the problem.
    pub fn first(&self) -> Option<&Record> {
        match &self.0 {
            Kind::Repeated(first) => Some(first),
            _ => None,
        }
    }

    /// Whether another operation holds the exclusive key.
    pub fn is_conflict(&self) -> bool {
        matches!(self.0, Kind::Conflict { .. })
    }

    /// The operation that holds the exclusive key, if that is the problem.
    pub fn conflict_holder(&self) -> Option<&OperationName> {
        match &self.0 {
            Kind::Conflict { holder, .. } => Some(holder),
            _ => None,
        }
    }

    /// Whether the name is taken.
    pub fn is_already_exists(&self) -> bool {
        matches!(self.0, Kind::AlreadyExists(_))
    }

    /// Whether the store will never keep what it was given.
    pub fn is_invalid(&self) -> bool {
        matches!(self.0, Kind::Invalid(_))
    }

    /// Whether the store itself is broken.
    pub fn is_internal(&self) -> bool {
        matches!(self.0, Kind::Internal(_))
    }
}

impl From<crate::InvalidRecord> for Error {
    fn from(error: crate::InvalidRecord) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_names_the_holder_and_says_what_to_do() {
        let holder = OperationName::parse("operations/1").unwrap();
        let error = Error::conflict(ExclusiveKey::new("shelves/1").unwrap(), holder.clone());
        assert!(error.is_conflict() && !error.is_unavailable());
        assert_eq!(error.conflict_holder(), Some(&holder));
        assert!(error.to_string().contains("operations/1 holds"), "{error}");
    }

    #[test]
    fn a_repeat_names_the_first_operation() {
        let name = OperationName::parse("operations/1").unwrap();
        let request = crate::Payload::new("type.googleapis.com/test.Message", "");
        let first = crate::NewOperation::new(name, "/test.Service/Work", request);
        let first = first.into_record(crate::Timestamp::UNIX_EPOCH);
        let error = Error::repeated(first.clone());
        assert_eq!((error.first(), error.conflict_holder()), (Some(&first), None));
        assert_eq!(error.to_string(), "the request has started operations/1 already");
    }

    #[test]
    fn the_source_of_an_outage_is_kept() {
        let error = Error::unavailable("connection reset");
        assert!(error.is_unavailable());
        assert_eq!(error.source().unwrap().to_string(), "connection reset");
    }
}
