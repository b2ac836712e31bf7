//! One operation as a store keeps it.

use std::sync::Arc;

use crate::{
    Attempt, ExclusiveKey, InvalidRecord, Lease, OperationName, Outcome, Payload, RecordParts, RequestKey,
    Timestamp,
};

/// Where an operation is on its way: queued → running → done.
///
/// A cancel request is a flag of running work only: an operation that nobody runs is cancelled on the spot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody works on it; any worker that has the handler may claim it.
    Queued {
        /// The run that was lost or handed back, if there was one.
        last_attempt: Option<Attempt>,
    },
    /// A worker has it.
    Running {
        /// Who, for which run, until when.
        lease: Lease,
        /// Whether somebody asked for the work to stop.
        cancel_requested: bool,
    },
    /// It is over, for good.
    Done {
        /// The result.
        outcome: Outcome,
        /// When it ended.
        end_time: Timestamp,
        /// The run that was the last; `None` if it never ran.
        last_attempt: Option<Attempt>,
    },
}

impl State {
    /// The latest run that was begun.
    pub(crate) fn last_attempt(&self) -> Option<Attempt> {
        match self {
            Self::Queued { last_attempt } | Self::Done { last_attempt, .. } => *last_attempt,
            Self::Running { lease, .. } => Some(lease.attempt),
        }
    }
}

/// What becomes of an operation whose run was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// It runs again, with the next attempt number.
    #[default]
    AtLeastOnce,
    /// It ends as ABORTED: the work must not begin twice.
    AtMostOnce,
}

/// One operation as a store keeps it. It only comes from [`NewOperation::into_record`], from a transition of
/// another record, or from parts that pass [`Record::from_parts`], so every record there is makes sense.
///
/// [`NewOperation::into_record`]: crate::NewOperation::into_record
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record(RecordParts);

impl Record {
    /// Puts a record together from what a store has read.
    ///
    /// # Errors
    /// When no sequence of transitions leads to such a record; the store's data is damaged.
    pub fn from_parts(parts: RecordParts) -> Result<Self, InvalidRecord> {
        parts.checked().map(Self)
    }

    /// A record that was never updated has no history to contradict.
    pub(crate) fn born(parts: RecordParts) -> Self {
        Self(parts)
    }

    /// Takes the record apart, for a store to write.
    pub fn into_parts(self) -> RecordParts {
        self.0
    }

    /// The name.
    pub fn name(&self) -> &OperationName {
        &self.0.name
    }

    /// The path of the RPC that started it.
    pub fn method(&self) -> &Arc<str> {
        &self.0.method
    }

    /// The request that started it.
    pub fn request(&self) -> &Payload {
        &self.0.request
    }

    /// The latest progress.
    pub fn metadata(&self) -> Option<&Payload> {
        self.0.metadata.as_ref()
    }

    /// The request that it is the one operation of, as long as it exists.
    pub fn request_key(&self) -> Option<&RequestKey> {
        self.0.request_key.as_ref()
    }

    /// The exclusive key that it was created with; held until it is done.
    pub fn exclusive(&self) -> Option<&ExclusiveKey> {
        self.0.exclusive.as_ref()
    }

    /// What becomes of it when a run is interrupted.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// When it was created.
    pub fn create_time(&self) -> Timestamp {
        self.0.create_time
    }

    /// When anything but the lease's deadline last changed.
    pub fn update_time(&self) -> Timestamp {
        self.0.update_time
    }

    /// Where it is on its way.
    pub fn state(&self) -> &State {
        &self.0.state
    }

    /// Whether it is over.
    pub fn is_done(&self) -> bool {
        matches!(self.0.state, State::Done { .. })
    }

    /// The result, once it is done.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.0.state {
            State::Done { outcome, .. } => Some(outcome),
            State::Queued { .. } | State::Running { .. } => None,
        }
    }

    /// The lease of the worker that has it.
    pub fn lease(&self) -> Option<&Lease> {
        match &self.0.state {
            State::Running { lease, .. } => Some(lease),
            State::Queued { .. } | State::Done { .. } => None,
        }
    }

    /// Whether a worker has it that was asked to stop.
    pub fn cancel_requested(&self) -> bool {
        matches!(self.0.state, State::Running { cancel_requested: true, .. })
    }

    /// The latest run that was begun.
    pub fn last_attempt(&self) -> Option<Attempt> {
        self.0.state.last_attempt()
    }

    /// From when on a purge may remove it; `None` while it is not done.
    pub fn expire_time(&self) -> Option<Timestamp> {
        match &self.0.state {
            State::Done { end_time, .. } => Some(end_time.saturating_add(self.0.retention)),
            State::Queued { .. } | State::Running { .. } => None,
        }
    }

    /// The same record in another state, touched now. A clock that went backwards does not make it older.
    pub(crate) fn moved(&self, now: Timestamp, state: impl FnOnce(Timestamp) -> State) -> Self {
        let mut parts = self.0.clone();
        parts.update_time = parts.update_time.max(now);
        parts.state = state(parts.update_time);
        Self(parts)
    }

    /// The same record with other metadata, touched now.
    pub(crate) fn described(&self, now: Timestamp, metadata: Payload) -> Self {
        let mut parts = self.0.clone();
        parts.update_time = parts.update_time.max(now);
        parts.metadata = Some(metadata);
        Self(parts)
    }

    /// The same record with another lease deadline, which is no change that anybody sees.
    pub(crate) fn extended(&self, expires_at: Timestamp) -> Self {
        let mut parts = self.0.clone();
        if let State::Running { lease, .. } = &mut parts.state {
            lease.expires_at = expires_at;
        }
        Self(parts)
    }
}
