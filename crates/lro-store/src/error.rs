//! What a store call can fail with.

use std::error::Error as StdError;
use std::sync::Arc;

type Source = Box<dyn StdError + Send + Sync>;

/// Why a store did not do what it was asked. Everything else that can come of a call is an answer.
///
/// Clones share the source, so that a store can give one failure to all callers whose calls it has merged.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct Error(Kind);

#[derive(Debug, Clone, thiserror::Error)]
enum Kind {
    #[error("the store cannot be reached; try again")]
    Unavailable(#[source] Arc<dyn StdError + Send + Sync>),
    #[error("the store has failed; its log and its data need a look")]
    Internal(#[source] Arc<dyn StdError + Send + Sync>),
}

impl Error {
    /// The store cannot be reached, is overloaded, has a full disk, or lost the connection half-way: the call may or
    /// may not have had its effect, and trying it again makes sense.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        Self(Kind::Unavailable(source.into().into()))
    }

    /// Damaged data, a wrong setting or a bug: trying again will not help.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self(Kind::Internal(source.into().into()))
    }

    /// Whether trying again makes sense.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.0, Kind::Unavailable(_))
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
    fn the_source_of_an_outage_is_kept() {
        let error = Error::unavailable("connection reset").clone();
        assert!(error.is_unavailable() && !error.is_internal());
        assert_eq!(error.source().unwrap().to_string(), "connection reset");
    }
}
