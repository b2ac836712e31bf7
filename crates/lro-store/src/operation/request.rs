//! What tells one request from all others, so that a repeat of it is known.

use std::fmt;
use std::sync::Arc;

use crate::Owner;

/// The id that a caller gives a request, by which a repeat of it is known (AIP-155). Compared byte by byte:
/// `AB` is not `ab`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The longest id, in bytes. AIP-155 asks for a UUID, which has 36.
    pub const MAX_LEN: usize = 128;

    /// Reads an id.
    ///
    /// # Errors
    /// When the text is empty, longer than [`RequestId::MAX_LEN`], or has control characters, which not every
    /// database keeps.
    pub fn new(text: &str) -> Result<Self, InvalidRequestId> {
        if text.is_empty() || text.len() > Self::MAX_LEN || text.contains(char::is_control) {
            return Err(InvalidRequestId { length: text.len() });
        }
        Ok(Self(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names one request to start an operation: who asks, for which method, and the id that the caller gave it.
///
/// A store has at most one operation of a key at a time. The key lives as long as the operation, so purging
/// or deleting the operation frees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct RequestKey {
    /// Who asks.
    pub owner: Owner,
    /// The path of the RPC.
    pub method: Arc<str>,
    /// The id that the caller gave the request.
    pub id: RequestId,
}

impl RequestKey {
    /// The key of this request.
    pub fn new(owner: Owner, method: impl Into<Arc<str>>, id: RequestId) -> Self {
        Self { owner, method: method.into(), id }
    }
}

/// Why a text is no request id. The message stays short whatever the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a request id has 1 to {} bytes and no control characters, and should be a random UUID; this one has {length} bytes",
    RequestId::MAX_LEN
)]
pub struct InvalidRequestId {
    length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_bounded_and_printable() {
        for id in ["", "a\0b", "a\n", &"i".repeat(RequestId::MAX_LEN + 1)] {
            let error = RequestId::new(id).unwrap_err().to_string();
            assert!(error.starts_with("a request id has 1 to 128 bytes") && error.len() < 200, "{error}");
        }
        let longest = "é".repeat(RequestId::MAX_LEN / 2);
        assert_eq!(RequestId::new(&longest).unwrap().as_str(), longest);
    }

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        let key = |owner, method: &str, id| {
            RequestKey::new(Owner::new(owner).unwrap(), method, RequestId::new(id).unwrap())
        };
        assert_ne!(key("a", "b", "c"), key("ab", "", "c"));
        assert_ne!(key("", "a", "bc"), key("", "ab", "c"));
    }
}
