//! Who works on an operation, and until when.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use uuid::Uuid;

use crate::{OperationName, Timestamp};

/// One process that runs operations, for as long as it lives. A restarted process is another worker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(Arc<str>);

impl WorkerId {
    /// A worker that no other process is.
    pub fn random() -> Self {
        Self(Uuid::new_v4().hyphenated().to_string().into())
    }

    /// The worker of this id, as a store reads it back: text without NUL. Two live processes must never share
    /// one.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a run of an operation, counted from 1. It only ever grows, which makes it the fencing token:
/// a worker whose attempt is not the current one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(NonZeroU32);

impl Attempt {
    /// The first run.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The attempt of this number; `None` for 0.
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number, from 1.
    pub const fn number(self) -> u32 {
        self.0.get()
    }

    /// The run after this one.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The right of one worker to run an operation.
///
/// From `expires_at` on, anyone may take the operation over; until someone does, the holder still has it.
/// Time alone never takes a lease away, so a slow worker or a clock that jumps loses no work that nobody else
/// has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub worker: WorkerId,
    /// For which run.
    pub attempt: Attempt,
    /// When others may take the operation over, by the store's clock.
    pub expires_at: Timestamp,
}

impl Lease {
    /// Whether others may take the operation over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}

/// What a worker shows with every write: which operation, who, and which run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeaseId {
    /// The operation.
    pub name: OperationName,
    /// The worker that claimed it.
    pub worker: WorkerId,
    /// The run it claimed.
    pub attempt: Attempt,
}
