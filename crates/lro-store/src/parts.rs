//! A record taken apart, as a store writes it and reads it back.

use std::sync::Arc;
use std::time::Duration;

use crate::new_operation::storable;
use crate::{
    Attempt, Delivery, ExclusiveKey, FailureCode, NewOperation, OperationName, Outcome, Payload, RequestKey,
    State, Timestamp,
};

/// The content of a [`Record`](crate::Record), field by field: what a store writes and reads back.
///
/// Fields will be added, so a store begins with [`RecordParts::new`] and sets the others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordParts {
    /// The name, unique in a store.
    pub name: OperationName,
    /// The path of the RPC that started it, `/package.Service/Method`; it selects the handler.
    pub method: Arc<str>,
    /// The request, so that any process can run the work.
    pub request: Payload,
    /// The latest progress.
    pub metadata: Option<Payload>,
    /// The request that it is the one operation of, among all of the store. Never changes.
    pub request_key: Option<RequestKey>,
    /// The key it holds until it is done.
    pub exclusive: Option<ExclusiveKey>,
    /// What becomes of it when a run is interrupted.
    pub delivery: Delivery,
    /// How long it is kept once it is done.
    pub retention: Duration,
    /// When it was created. Never changes.
    pub create_time: Timestamp,
    /// When anything but the lease's deadline last changed.
    pub update_time: Timestamp,
    /// Where it is on its way.
    pub state: State,
}

impl RecordParts {
    /// The parts that every operation has; the others are as [`NewOperation::new`] leaves them, and the
    /// record was not updated since it was created.
    pub fn new(
        name: OperationName,
        method: impl Into<Arc<str>>,
        request: Payload,
        create_time: Timestamp,
        state: State,
    ) -> Self {
        Self {
            name,
            method: method.into(),
            request,
            metadata: None,
            request_key: None,
            exclusive: None,
            delivery: Delivery::default(),
            retention: NewOperation::DEFAULT_RETENTION,
            create_time,
            update_time: create_time,
            state,
        }
    }

    /// The parts, if some sequence of transitions leads to them.
    pub(crate) fn checked(self) -> Result<Self, InvalidRecord> {
        match self.fault() {
            Some(fault) => Err(InvalidRecord { name: self.name, fault }),
            None => Ok(self),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        if self.update_time < self.create_time {
            return Some("was updated before it was created");
        }
        if self.retention != storable(self.retention) {
            return Some("has a retention that cannot be asked for");
        }
        if self.request_key.as_ref().is_some_and(|key| *key.method() != self.method) {
            return Some("has a request key of another method");
        }
        let (runs_once, last_attempt) = (self.delivery == Delivery::AtMostOnce, self.state.last_attempt());
        if runs_once && last_attempt > Some(Attempt::FIRST) {
            return Some("ran a second time, which its delivery rules out");
        }
        match &self.state {
            State::Queued { last_attempt: Some(_) } if runs_once => {
                Some("waits for a second run, which its delivery rules out")
            }
            State::Queued { last_attempt: None } if self.update_time != self.create_time => {
                Some("changed before its first run")
            }
            State::Done { end_time, .. } if *end_time != self.update_time => {
                Some("changed after it was done")
            }
            State::Done { outcome, last_attempt: None, .. } if !is_cancelled(outcome) => {
                Some("ended without a run, and not by being cancelled")
            }
            State::Queued { .. } | State::Running { .. } | State::Done { .. } => None,
        }
    }
}

/// Stored parts that are no operation: the message names it and says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored operation {name} {fault}")]
pub struct InvalidRecord {
    name: OperationName,
    fault: &'static str,
}

/// The only end of an operation that nobody ever ran.
fn is_cancelled(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Error(failure) if failure.code == FailureCode::CANCELLED)
}
