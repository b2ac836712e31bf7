//! What callers write in the transactions of a store.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// What a caller wants written in the same transaction as an item of a store's call, such as rows of its own: both take
/// effect, or neither does.
///
/// What it is depends on the store, which makes these (`in_transaction` of lro-sqlite and lro-postgres). A store
/// refuses those that were made for another one.
#[derive(Clone)]
pub struct InTransaction(Arc<dyn Any + Send + Sync>);

impl InTransaction {
    /// Wraps what a store is going to look for.
    pub fn new<T: Any + Send + Sync>(writes: T) -> Self {
        Self(Arc::new(writes))
    }

    /// What was wrapped, if it is of this type.
    pub fn downcast_ref<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// The answer of a store to one that was not made for it.
    pub fn unknown() -> Refusal {
        Refusal::new(
            "this store does not know what it is asked to write in its transaction; ask the store that is used for it",
        )
    }
}

/// Clones are equal, and nothing else is.
impl PartialEq for InTransaction {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for InTransaction {}

impl fmt::Debug for InTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InTransaction").finish_non_exhaustive()
    }
}

/// Why what a caller wanted written was not: the error that came of it. Clones share it.
#[derive(Debug, Clone)]
pub struct Refusal(Arc<dyn StdError + Send + Sync>);

impl Refusal {
    /// A refusal for this reason.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(error.into().into())
    }

    /// The error.
    pub fn error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }
}

/// The text of the error.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Clones are equal, and nothing else is.
impl PartialEq for Refusal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clones_are_equal() {
        let (one, other) = (InTransaction::new(1), InTransaction::new(1));
        assert!(one == one.clone() && one != other);
        let (one, other) = (Refusal::new("no"), Refusal::new("no"));
        assert!(one == one.clone() && one != other);
        assert_eq!(one.to_string(), "no");
    }
}
