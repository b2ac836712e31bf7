//! Keys that at most one unfinished operation holds.

use std::fmt;
use std::sync::Arc;

use crate::{Cursor, State, View};

/// Names what an operation must have to itself, such as the resource it changes (AIP-151, "Parallel
/// operations").
///
/// Of the operations that have one key and are not done, at most one runs. The one that runs holds the key;
/// when none runs, the oldest does ([`holder`]). Keys are shared by all methods of a store.
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

/// What happens when an operation is created while others that have its key are not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnConflict {
    /// The new operation is refused; the answer names the holder.
    Abort,
    /// The new operation waits until it is the oldest and none runs.
    Queue,
    /// The others are asked to stop ([`StopReason::Preempted`](crate::StopReason::Preempted)): those that wait
    /// end at once, the one that runs ends when its work has stopped. The new operation waits like
    /// [`OnConflict::Queue`].
    Preempt,
}

/// The operation that holds a key, of all that have it and are not done: the one that runs, else the oldest,
/// by creation time and then by name. `None` if there are none.
///
/// Only the holder may be claimed. One that ran and waits for another attempt stays the holder, since it was
/// the oldest; only a clock that went back between can have made another one older.
pub fn holder<'a>(unfinished: impl IntoIterator<Item = &'a View>) -> Option<&'a View> {
    let precedence = |view: &&View| (!matches!(view.state(), State::Running { .. }), Cursor::from(*view));
    unfinished.into_iter().min_by_key(precedence)
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
