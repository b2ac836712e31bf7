//! What becomes of an operation that is to be created.

use crate::{OperationName, Record, Refusal, View};

/// What became of an operation that was to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Creation {
    /// It exists, and this is how.
    Created(View),
    /// Its request has started this operation before, which is as it now stands. Nothing was created.
    Repeated(Box<Record>),
    /// An operation of that name is there. Nothing was created.
    NameTaken,
    /// This operation holds the exclusive key. Nothing was created.
    KeyHeld(OperationName),
    /// The store has no room for it. Nothing was created, and later there may be room.
    Full,
    /// What was to be written in the same transaction was not, for this reason. Nothing was created.
    Refused(Refusal),
    /// The store cannot keep it and never will; the text says which limit it breaks. Nothing was created.
    Invalid(String),
}

impl Creation {
    /// The operation that was created.
    pub fn created(self) -> Option<View> {
        match self {
            Self::Created(view) => Some(view),
            _ => None,
        }
    }
}
