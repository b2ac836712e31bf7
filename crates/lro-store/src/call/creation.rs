//! What becomes of an operation that is to be created.

use crate::{OperationName, Record, Refusal, View};

/// What became of an operation that was to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Creation {
    /// It exists.
    Created(Created),
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

/// An operation that was created, and what has ended by it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created {
    /// How it is.
    pub view: View,
    /// Those that it has pre-empted and that have ended by it, because no worker had them; as they now are, in any
    /// order. The others are asked to stop.
    pub ended: Vec<View>,
}

impl Created {
    /// What was created, and what has become of those that it has pre-empted.
    pub fn new(view: View, preempted: impl IntoIterator<Item = View>) -> Self {
        Self { view, ended: preempted.into_iter().filter(View::is_done).collect() }
    }
}

impl Creation {
    /// The operation that was created.
    pub fn created(self) -> Option<View> {
        match self {
            Self::Created(created) => Some(created.view),
            _ => None,
        }
    }
}
