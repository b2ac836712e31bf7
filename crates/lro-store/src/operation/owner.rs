//! Whose an operation is.

use std::fmt;
use std::sync::Arc;

/// The caller that an operation belongs to, as the server tells callers apart; empty where it does not.
///
/// Compared byte by byte.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(Option<Arc<str>>);

impl Owner {
    /// The longest owner, in bytes.
    pub const MAX_LEN: usize = 512;

    /// The owner of operations on a server that does not tell callers apart.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Reads an owner; an empty text is [`Owner::none`].
    ///
    /// # Errors
    /// When the text is longer than [`Owner::MAX_LEN`] or has control characters, which not every database
    /// keeps.
    pub fn new(text: &str) -> Result<Self, InvalidOwner> {
        if text.len() > Self::MAX_LEN || text.contains(char::is_control) {
            return Err(InvalidOwner { length: text.len() });
        }
        Ok(Self((!text.is_empty()).then(|| text.into())))
    }

    /// The owner as text.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an owner has at most {} bytes and no control characters; this one has {length} bytes",
    Owner::MAX_LEN
)]
pub struct InvalidOwner {
    length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_bounded_and_printable() {
        assert_eq!(Owner::new("").unwrap(), Owner::none());
        assert_eq!(Owner::new("users/alice").unwrap().as_str(), "users/alice");
        for text in ["a\0b", "a\n", &"o".repeat(Owner::MAX_LEN + 1)] {
            let error = Owner::new(text).unwrap_err().to_string();
            assert!(error.starts_with("an owner has at most 512 bytes"), "{error}");
        }
    }
}
