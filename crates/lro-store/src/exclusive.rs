//! Keys that at most one unfinished operation holds.

use std::fmt;
use std::sync::Arc;

/// Names what an operation must have to itself, such as the resource it changes (AIP-151, "Parallel
/// operations").
///
/// A key is held from creation until the operation is done or deleted, across all methods of a store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExclusiveKey(Arc<str>);

impl ExclusiveKey {
    /// The longest key, in bytes.
    pub const MAX_LEN: usize = 512;

    /// Reads a key.
    ///
    /// # Errors
    /// When it is empty, longer than [`ExclusiveKey::MAX_LEN`] or has control characters, which not every
    /// database keeps.
    pub fn new(text: &str) -> Result<Self, InvalidKey> {
        if text.is_empty() || text.len() > Self::MAX_LEN || text.contains(char::is_control) {
            return Err(InvalidKey { length: text.len() });
        }
        Ok(Self(text.into()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExclusiveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What to do when another unfinished operation holds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnConflict {
    /// The new operation is refused; the error names the holder.
    Abort,
}

/// Why a text is no exclusive key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an exclusive key has 1 to {} bytes and no control characters; this one has {length} bytes",
    ExclusiveKey::MAX_LEN
)]
pub struct InvalidKey {
    length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bounded_and_printable() {
        assert_eq!(ExclusiveKey::new("shelves/1").unwrap().as_str(), "shelves/1");
        for text in ["", "a\0b", &"k".repeat(ExclusiveKey::MAX_LEN + 1)] {
            assert!(ExclusiveKey::new(text).is_err());
        }
    }
}
