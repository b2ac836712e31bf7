//! A view taken apart, as a store writes it and reads it back.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::storable;
use crate::{
    Attempt, ExclusiveKey, Holder, Labels, NewOperation, OnConflict, OperationName, Outcome, Owner, Payload,
    RequestId, Retry, State, Timestamp,
};

/// The content of a [`View`](crate::View), field by field: what a store writes and reads back.
///
/// Fields will be added, so a store begins with [`ViewParts::new`] and sets the others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewParts {
    /// The name, unique in a store.
    pub name: OperationName,
    /// The path of the RPC that started it, `/package.Service/Method`; it selects the handler. Never changes.
    pub method: Arc<str>,
    /// Whose it is. Never changes.
    pub owner: Owner,
    /// The id of the request that started it, unique per owner and method. Never changes.
    pub request_id: Option<RequestId>,
    /// The latest progress.
    pub metadata: Option<Payload>,
    /// The key that it has until it is done. Never changes.
    pub exclusive: Option<ExclusiveKey>,
    /// What travels with it. Never changes.
    pub labels: Labels,
    /// The higher, the sooner it is claimed. Never changes.
    pub priority: i16,
    /// How often its work may begin. Never changes.
    pub max_attempts: NonZeroU32,
    /// How many claims were handed back before the work began. They do not count as attempts.
    pub unbegun: u32,
    /// When failed work is tried again; `None` stands for the default policy. Never changes.
    pub retry: Option<Retry>,
    /// When it ends unless it is done. Never changes.
    pub deadline: Option<Timestamp>,
    /// How long it is kept once it is done. Never changes.
    pub retention: Duration,
    /// When it was created. Never changes.
    pub create_time: Timestamp,
    /// When anything last changed.
    pub update_time: Timestamp,
    /// Where it is on its way.
    pub state: State,
}

impl ViewParts {
    /// The parts that every operation has; the others are as [`NewOperation::new`] leaves them, and the
    /// operation was not updated since it was created.
    pub fn new(
        name: OperationName,
        method: impl Into<Arc<str>>,
        create_time: Timestamp,
        state: State,
    ) -> Self {
        Self {
            name,
            method: method.into(),
            owner: Owner::none(),
            request_id: None,
            metadata: None,
            exclusive: None,
            labels: Labels::new(),
            priority: 0,
            max_attempts: NewOperation::DEFAULT_MAX_ATTEMPTS,
            unbegun: 0,
            retry: None,
            deadline: None,
            retention: NewOperation::DEFAULT_RETENTION,
            create_time,
            update_time: create_time,
            state,
        }
    }

    /// The parts, if some sequence of transitions leads to them.
    pub(crate) fn checked(self) -> Result<Self, InvalidRecord> {
        match self.fault() {
            Some(fault) => Err(InvalidRecord::new(self.name.as_str(), fault)),
            None => Ok(self),
        }
    }

    /// What is wrong with the parts.
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.update_time < self.create_time {
            return Some("was updated before it was created");
        }
        if self.retention != storable(self.retention) {
            return Some("has a retention that cannot be asked for");
        }
        let latest = self.create_time.saturating_add(NewOperation::MAX_DURATION);
        if self.deadline.is_some_and(|deadline| deadline < self.create_time || latest < deadline) {
            return Some("has a deadline that cannot be asked for");
        }
        let Some(attempts) = self.claims().checked_sub(self.unbegun) else {
            return Some("has handed back more claims than there were");
        };
        if attempts > self.max_attempts.get() {
            return Some("has begun more often than it may");
        }
        self.fault_of_state(attempts)
    }

    /// What is wrong with the state of an operation that has begun so often.
    fn fault_of_state(&self, attempts: u32) -> Option<&'static str> {
        match &self.state {
            State::Queued { last_attempt, .. }
                if attempts == self.max_attempts.get() || *last_attempt == Some(Attempt::LAST) =>
            {
                Some("waits for an attempt that it may not have")
            }
            State::Queued { last_attempt: None, .. } if self.update_time != self.create_time => {
                Some("changed before its first attempt")
            }
            State::Running { .. } if attempts == 0 => Some("runs in an attempt that does not count"),
            State::Running { holder: Holder::Delegate(_), stop: Some(_), .. } => {
                Some("asks work to stop that no worker does")
            }
            State::Running { holder: Holder::Delegate(_), attempt, .. } if *attempt != Attempt::FIRST => {
                Some("was given to others after it was given to a worker")
            }
            State::Done { end_time, .. } if *end_time != self.update_time => {
                Some("changed after it was done")
            }
            // Only one that was done from the start has a response that no attempt gave.
            State::Done { outcome: Outcome::Response(_), end_time, .. }
                if attempts == 0 && (self.claims() > 0 || *end_time != self.create_time) =>
            {
                Some("has a response that no attempt gave")
            }
            State::Queued { .. } | State::Running { .. } | State::Done { .. } => None,
        }
    }

    /// How often it was claimed.
    fn claims(&self) -> u32 {
        match &self.state {
            State::Queued { last_attempt, .. } | State::Done { last_attempt, .. } => *last_attempt,
            State::Running { attempt, .. } => Some(*attempt),
        }
        .map_or(0, Attempt::number)
    }
}

/// Stored parts that are no operation: the message names it and says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored operation {name} {fault}")]
pub struct InvalidRecord {
    name: String,
    fault: Cow<'static, str>,
}

impl InvalidRecord {
    pub(crate) fn new(name: &str, fault: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.to_owned(), fault: fault.into() }
    }
}

impl NewOperation {
    /// Why no store can keep it; `None` if one can.
    ///
    /// A store MUST answer [`Creation::Invalid`](crate::Creation::Invalid) with this.
    pub fn fault(&self) -> Option<&'static str> {
        let waits = matches!(self.on_conflict(), Some(OnConflict::Queue | OnConflict::Preempt));
        if self.is_delegated() && (waits || self.is_delayed()) {
            return Some(
                "work that others finish begins at once, so it can neither wait for a key nor be delayed",
            );
        }
        None
    }
}
