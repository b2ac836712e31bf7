//! What writers report of running work.

use crate::{Fence, InTransaction, Interruption, Outcome, Payload, Refusal, StopReason, Timestamp};

/// How far running work has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The writer's right to write.
    pub fence: Fence,
    /// Replaces the metadata, if there is any.
    pub metadata: Option<Payload>,
    /// Replaces the checkpoint, if there is one.
    pub checkpoint: Option<Payload>,
    /// Written in the same transaction.
    pub in_transaction: Option<InTransaction>,
}

impl Report {
    /// A report that changes nothing yet but the time of the last update, and still tells how the operation
    /// stands.
    pub fn new(fence: Fence) -> Self {
        Self { fence, metadata: None, checkpoint: None, in_transaction: None }
    }

    /// Replaces the metadata.
    #[must_use]
    pub fn metadata(mut self, metadata: Payload) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Replaces the checkpoint.
    #[must_use]
    pub fn checkpoint(mut self, checkpoint: Payload) -> Self {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// Writes this in the same transaction.
    #[must_use]
    pub fn in_transaction(mut self, writes: Option<InTransaction>) -> Self {
        self.in_transaction = writes;
        self
    }
}

/// The end of running work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finish {
    /// The writer's right to write.
    pub fence: Fence,
    /// How it ended.
    pub outcome: Outcome,
    /// Replaces the metadata, if there is any.
    pub metadata: Option<Payload>,
    /// Written in the same transaction.
    pub in_transaction: Option<InTransaction>,
}

impl Finish {
    /// Ends with this outcome.
    pub fn new(fence: Fence, outcome: Outcome) -> Self {
        Self { fence, outcome, metadata: None, in_transaction: None }
    }

    /// Replaces the metadata.
    #[must_use]
    pub fn metadata(mut self, metadata: Option<Payload>) -> Self {
        self.metadata = metadata;
        self
    }

    /// Writes this in the same transaction.
    #[must_use]
    pub fn in_transaction(mut self, writes: Option<InTransaction>) -> Self {
        self.in_transaction = writes;
        self
    }
}

/// Work that is handed back unfinished.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// The writer's right to write.
    pub fence: Fence,
    /// How it was interrupted.
    pub interruption: Interruption,
    /// Replaces the metadata, if there is any.
    pub metadata: Option<Payload>,
}

impl Release {
    /// Hands it back so.
    pub fn new(fence: Fence, interruption: Interruption) -> Self {
        Self { fence, interruption, metadata: None }
    }

    /// Replaces the metadata.
    #[must_use]
    pub fn metadata(mut self, metadata: Option<Payload>) -> Self {
        self.metadata = metadata;
        self
    }
}

/// What became of a write to running work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteResult {
    /// It took effect.
    Applied {
        /// Why the work is asked to stop, if it is. Always `None` once the operation is done or handed back.
        stop: Option<StopReason>,
        /// When the operation was updated by it. With this the writer knows the whole operation, as the
        /// [transition](crate::View) is a pure function, and need not read it.
        update_time: Timestamp,
    },
    /// The operation is done; nothing changed. After a write whose answer got lost, this may be its effect.
    Done,
    /// Another attempt has the operation, or it waits for one; nothing changed. Stop: nothing that this attempt
    /// writes counts. After a release whose answer got lost, this may be its effect.
    Lost,
    /// What was to be written in the same transaction was not, for this reason; nothing changed, and the attempt still
    /// has the operation.
    Refused(Refusal),
    /// The operation is forgotten; nothing changed. Nobody wants the result, and nobody else does the work.
    Deleted,
}

impl WriteResult {
    /// Whether the write took effect.
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Applied { .. })
    }
}
