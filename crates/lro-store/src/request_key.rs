//! What tells one request from all others, so that a repeat of it is known.

use std::fmt;
use std::sync::Arc;

/// Names one request to start an operation (AIP-155): who asks, for which method, and the id that the caller
/// gave it.
///
/// A store has at most one operation of a key at a time. The key lives as long as the operation's record, so
/// purging or deleting the operation frees it.
///
/// ```
/// use lro_store::RequestKey;
///
/// let key = RequestKey::new("", "/example.Library/ImportBooks", "5c3e8f0a-97d2-4f5b-8a43-6f1c2c8f6d10")?;
/// assert_eq!(key.method().as_ref(), "/example.Library/ImportBooks");
/// # Ok::<(), lro_store::InvalidRequestKey>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey {
    caller: Arc<str>,
    method: Arc<str>,
    id: Arc<str>,
}

impl RequestKey {
    /// The longest id, in bytes. AIP-155 asks for a UUID, which has 36.
    pub const MAX_ID_LEN: usize = 128;

    /// The longest caller, in bytes.
    pub const MAX_CALLER_LEN: usize = 512;

    /// A key. `caller` keeps the ids of different callers apart, and is empty where the server does not tell
    /// callers apart; `method` is the path of the RPC.
    ///
    /// Ids are compared byte by byte: `AB` is not `ab`.
    ///
    /// # Errors
    /// When the id is empty or longer than [`RequestKey::MAX_ID_LEN`], the caller is longer than
    /// [`RequestKey::MAX_CALLER_LEN`], or one of them has control characters, which not every database keeps.
    pub fn new(caller: &str, method: impl Into<Arc<str>>, id: &str) -> Result<Self, InvalidRequestKey> {
        if id.is_empty() || id.len() > Self::MAX_ID_LEN || id.contains(char::is_control) {
            return Err(InvalidRequestKey(Part::Id { length: id.len() }));
        }
        if caller.len() > Self::MAX_CALLER_LEN || caller.contains(char::is_control) {
            return Err(InvalidRequestKey(Part::Caller { length: caller.len() }));
        }
        Ok(Self { caller: caller.into(), method: method.into(), id: id.into() })
    }

    /// Who asks; empty where callers are not told apart.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The path of the RPC.
    pub fn method(&self) -> &Arc<str> {
        &self.method
    }

    /// The id that the caller gave the request.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.id, self.method)
    }
}

/// Why a request cannot be told from others. The message says which part is wrong, and stays short whatever
/// the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct InvalidRequestKey(Part);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Part {
    #[error(
        "a request id has 1 to {} bytes and no control characters, and should be a random UUID; this one has {length} bytes",
        RequestKey::MAX_ID_LEN
    )]
    Id { length: usize },
    #[error(
        "a caller has at most {} bytes and no control characters; this one has {length} bytes",
        RequestKey::MAX_CALLER_LEN
    )]
    Caller { length: usize },
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &str = "/test.Service/Work";

    #[test]
    fn keys_are_bounded_and_printable() {
        for id in ["", "a\0b", "a\n", &"i".repeat(RequestKey::MAX_ID_LEN + 1)] {
            let error = RequestKey::new("", METHOD, id).unwrap_err().to_string();
            assert!(error.starts_with("a request id has 1 to 128 bytes") && error.len() < 200, "{error}");
        }
        for caller in ["a\0b", &"c".repeat(RequestKey::MAX_CALLER_LEN + 1)] {
            let error = RequestKey::new(caller, METHOD, "id").unwrap_err().to_string();
            assert!(error.starts_with("a caller has at most 512 bytes"), "{error}");
        }
    }

    #[test]
    fn the_longest_parts_make_a_key() {
        let (caller, id) = ("c".repeat(RequestKey::MAX_CALLER_LEN), "é".repeat(RequestKey::MAX_ID_LEN / 2));
        let key = RequestKey::new(&caller, METHOD, &id).unwrap();
        assert_eq!((key.caller(), key.method().as_ref(), key.id()), (caller.as_str(), METHOD, id.as_str()));
    }

    #[test]
    fn parts_do_not_run_together() {
        let key = |caller, method, id| RequestKey::new(caller, method, id).unwrap();
        assert_ne!(key("a", "b", "c"), key("ab", "", "c"));
        assert_ne!(key("", "a", "bc"), key("", "ab", "c"));
    }
}
