//! Who works on an operation, and what shows the right to write to it.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::OperationName;

/// A random id of 128 bits as text.
fn random_id(random: u128) -> Arc<str> {
    format!("{random:032x}").into()
}

/// One process that runs operations, for as long as it lives. A restarted process is another worker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(Arc<str>);

impl WorkerId {
    /// A worker that no other process is.
    pub fn random() -> Self {
        Self::generate(rand::random())
    }

    /// A worker from a source of randomness.
    pub fn generate(random: u128) -> Self {
        Self(random_id(random))
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

/// The secret that shows the right to finish an operation which no worker has.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DelegateId(Arc<str>);

impl DelegateId {
    /// An id that nobody can guess.
    pub fn random() -> Self {
        Self::generate(rand::random())
    }

    /// An id from a source of randomness that is fit for secrets.
    pub fn generate(random: u128) -> Self {
        Self(random_id(random))
    }

    /// The id of this text, as a store reads it back: text without NUL.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DelegateId {
    /// Keeps the secret out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DelegateId").finish_non_exhaustive()
    }
}

/// Who has a running operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A process that runs its work.
    Worker(WorkerId),
    /// Whoever shows this id; no process runs its work.
    Delegate(DelegateId),
}

/// The number of a claim of an operation, counted from 1. It only ever grows, which makes it the fencing token:
/// a writer whose attempt is not the current one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(NonZeroU32);

impl Attempt {
    /// The first claim.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The last claim that there can be. Nothing waits for another one, so no number is given twice.
    pub const LAST: Self = Self(NonZeroU32::MAX);

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

    /// The claim after this one; the last one has none and stays.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a writer shows with every write to a running operation: which operation, who, and which claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence {
    /// The operation.
    pub name: OperationName,
    /// Who claimed it.
    pub holder: Holder,
    /// Which claim.
    pub attempt: Attempt,
}

impl Fence {
    /// The right that a worker gets with a claim.
    pub fn of_worker(name: OperationName, worker: WorkerId, attempt: Attempt) -> Self {
        Self { name, holder: Holder::Worker(worker), attempt }
    }
}
