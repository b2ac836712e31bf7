//! What a worker learns with a sign of life.

use crate::{Attempt, OperationName, StopReason};

/// What a worker learns with a sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeepAlive {
    /// Whether its lease holds from now on. If not, it was declared gone or has left: it needs a new id, and
    /// what it runs may have been taken over.
    pub alive: bool,
    /// Which of its operations are asked to stop.
    pub stops: Vec<Stop>,
}

/// An operation that is asked to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// Which one.
    pub name: OperationName,
    /// Which claim of it.
    pub attempt: Attempt,
    /// Why.
    pub reason: StopReason,
}

impl KeepAlive {
    /// The answer to a worker whose lease holds.
    pub fn alive(stops: Vec<Stop>) -> Self {
        Self { alive: true, stops }
    }

    /// The answer to a worker that is gone.
    pub fn gone(stops: Vec<Stop>) -> Self {
        Self { alive: false, stops }
    }
}

impl Stop {
    /// This claim of this operation is asked to stop.
    pub fn new(name: OperationName, attempt: Attempt, reason: StopReason) -> Self {
        Self { name, attempt, reason }
    }
}
