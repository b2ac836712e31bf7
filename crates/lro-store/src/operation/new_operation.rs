//! An operation that is about to be created.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crate::{
    Attempt, DelegateId, ExclusiveKey, Holder, InTransaction, Labels, OnConflict, OperationName, Outcome,
    Owner, Payload, Record, RequestId, RequestKey, Retry, State, Timestamp, View, ViewParts, WorkerId,
};

/// How an operation begins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Beginning {
    /// Some worker claims it.
    Queued,
    /// It is claimed by this worker from the start, if it may run at once; else it is queued. One write then
    /// both stores it and starts the work. It is as if the worker had claimed it at that moment.
    ClaimedBy(WorkerId),
    /// It runs, and no worker does it, now or later: whoever shows the id ends it.
    Delegated(DelegateId),
    /// It is done from the start.
    Done(Outcome),
}

/// An operation that is about to be created.
#[derive(Debug, Clone)]
#[must_use = "an operation exists once a store has created it"]
pub struct NewOperation {
    name: OperationName,
    method: Arc<str>,
    request: Payload,
    owner: Owner,
    request_id: Option<RequestId>,
    metadata: Option<Payload>,
    exclusive: Option<(ExclusiveKey, OnConflict)>,
    labels: Labels,
    priority: i16,
    max_attempts: NonZeroU32,
    retry: Option<Retry>,
    deadline: Option<Duration>,
    delay: Duration,
    retention: Duration,
    beginning: Beginning,
    in_transaction: Option<InTransaction>,
}

impl NewOperation {
    /// How often work may begin, unless the operation says otherwise: 25 times.
    pub const DEFAULT_MAX_ATTEMPTS: NonZeroU32 = NonZeroU32::new(25).expect("25 is not zero");

    /// How long an operation is kept after it is done, unless it says otherwise: 30 days.
    pub const DEFAULT_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    /// The longest retention, delay, deadline and lease: 100 years.
    pub const MAX_DURATION: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

    /// A queued operation without metadata, owner and labels. `method` is the path of the RPC that starts it,
    /// without NUL.
    pub fn new(name: OperationName, method: impl Into<Arc<str>>, request: Payload) -> Self {
        Self {
            name,
            method: method.into(),
            request,
            owner: Owner::none(),
            request_id: None,
            metadata: None,
            exclusive: None,
            labels: Labels::new(),
            priority: 0,
            max_attempts: Self::DEFAULT_MAX_ATTEMPTS,
            retry: None,
            deadline: None,
            delay: Duration::ZERO,
            retention: Self::DEFAULT_RETENTION,
            beginning: Beginning::Queued,
            in_transaction: None,
        }
    }

    /// Whose it is.
    pub fn with_owner(mut self, owner: Owner) -> Self {
        self.owner = owner;
        self
    }

    /// Makes it the one operation of the request that its owner gave this id, for its method. Without one, a
    /// repeat of the request is not known as such.
    pub fn with_request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// What readers see before the work reports anything.
    pub fn with_metadata(mut self, metadata: Payload) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Gives it a key, and says what happens when others have it.
    pub fn with_exclusive(mut self, key: ExclusiveKey, on_conflict: OnConflict) -> Self {
        self.exclusive = Some((key, on_conflict));
        self
    }

    /// What travels with it.
    pub fn with_labels(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }

    /// The higher, the sooner it is claimed; 0 by default.
    pub fn with_priority(mut self, priority: i16) -> Self {
        self.priority = priority;
        self
    }

    /// How often its work may begin; with 1, at most once.
    pub fn with_max_attempts(mut self, attempts: NonZeroU32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// When failed work is tried again.
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// How long after its creation it ends unless it is done, in whole microseconds and at most
    /// [`MAX_DURATION`](Self::MAX_DURATION).
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(storable(deadline));
        self
    }

    /// How long after its creation it may be claimed, in whole microseconds and at most
    /// [`MAX_DURATION`](Self::MAX_DURATION).
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = storable(delay);
        self
    }

    /// How long it is kept after it is done, in whole microseconds and at most
    /// [`MAX_DURATION`](Self::MAX_DURATION), so that every store can keep it as it is.
    pub fn with_retention(mut self, retention: Duration) -> Self {
        self.retention = storable(retention);
        self
    }

    /// How it begins.
    pub fn with_beginning(mut self, beginning: Beginning) -> Self {
        self.beginning = beginning;
        self
    }

    /// Writes this in the transaction that creates it.
    pub fn with_transaction(mut self, writes: InTransaction) -> Self {
        self.in_transaction = Some(writes);
        self
    }

    /// The name.
    pub fn name(&self) -> &OperationName {
        &self.name
    }

    /// The path of the RPC that starts it.
    pub fn method(&self) -> &Arc<str> {
        &self.method
    }

    /// The request that starts it.
    pub fn request(&self) -> &Payload {
        &self.request
    }

    /// The request that it is the one operation of.
    pub fn request_key(&self) -> Option<RequestKey> {
        let id = self.request_id.clone()?;
        Some(RequestKey::new(self.owner.clone(), Arc::clone(&self.method), id))
    }

    /// The key that it has until it is done. One that is done from the start has none.
    pub fn exclusive(&self) -> Option<&ExclusiveKey> {
        self.exclusive.as_ref().filter(|_| !self.is_done()).map(|(key, _)| key)
    }

    /// What happens when others have its key; `None` if it has none.
    pub fn on_conflict(&self) -> Option<OnConflict> {
        self.exclusive.as_ref().filter(|_| !self.is_done()).map(|(_, on_conflict)| *on_conflict)
    }

    /// The worker that claims it from the start.
    pub fn claimed_by(&self) -> Option<&WorkerId> {
        match &self.beginning {
            Beginning::ClaimedBy(worker) => Some(worker),
            Beginning::Queued | Beginning::Delegated(_) | Beginning::Done(_) => None,
        }
    }

    /// What is to be written in the transaction that creates it.
    pub fn in_transaction(&self) -> Option<&InTransaction> {
        self.in_transaction.as_ref()
    }

    /// Takes out what is to be written in the transaction that creates it; for stores that wrap others.
    pub fn take_transaction(&mut self) -> Option<InTransaction> {
        self.in_transaction.take()
    }

    /// Whether others finish it.
    pub fn is_delegated(&self) -> bool {
        matches!(self.beginning, Beginning::Delegated(_))
    }

    /// Whether it is done from the start.
    pub fn is_done(&self) -> bool {
        matches!(self.beginning, Beginning::Done(_))
    }

    /// How long after its creation it may be claimed.
    pub fn delay(&self) -> Duration {
        self.delay
    }

    /// Whether it may not begin at once.
    pub fn is_delayed(&self) -> bool {
        !self.delay.is_zero()
    }

    /// What travels with it.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// How many bytes a store keeps for its payloads: request, metadata and, if it is done from the start, its
    /// outcome.
    pub fn payload_size(&self) -> usize {
        let outcome = match &self.beginning {
            Beginning::Done(outcome) => outcome.size(),
            Beginning::Queued | Beginning::ClaimedBy(_) | Beginning::Delegated(_) => 0,
        };
        self.request.size() + self.metadata.as_ref().map_or(0, Payload::size) + outcome
    }

    /// The record as it is created now. `may_run` says whether the worker that claims it may have it: it lives,
    /// and no other operation has the key.
    pub fn into_record(self, now: Timestamp, may_run: bool) -> Record {
        let queued = State::Queued {
            not_before: self.is_delayed().then(|| now.saturating_add(self.delay)),
            last_attempt: None,
        };
        let exclusive = self.exclusive().cloned();
        let claims = self.claimed_by().filter(|_| may_run).cloned();
        let state = match self.beginning {
            Beginning::Queued | Beginning::ClaimedBy(_) => queued,
            Beginning::Delegated(id) => {
                State::Running { holder: Holder::Delegate(id), attempt: Attempt::FIRST, stop: None }
            }
            Beginning::Done(outcome) => State::Done { outcome, end_time: now, last_attempt: None },
        };
        let view = View::sound(ViewParts {
            name: self.name,
            method: self.method,
            owner: self.owner,
            request_id: self.request_id,
            metadata: self.metadata,
            exclusive,
            labels: self.labels,
            priority: self.priority,
            max_attempts: self.max_attempts,
            unbegun: 0,
            retry: self.retry,
            deadline: self.deadline.map(|deadline| now.saturating_add(deadline)),
            retention: self.retention,
            create_time: now,
            update_time: now,
            state,
        });
        let claimed = claims.and_then(|worker| view.claim(&worker, now).ok());
        Record::new(claimed.unwrap_or(view), self.request, None)
    }
}

/// A duration as a store can keep it.
pub(crate) fn storable(duration: Duration) -> Duration {
    let duration = duration.min(NewOperation::MAX_DURATION);
    let below_a_microsecond = Duration::from_nanos(u64::from(duration.subsec_nanos() % 1_000));
    duration.saturating_sub(below_a_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_what_a_database_can_keep() {
        let micro = Duration::from_micros(1);
        for (given, kept) in [
            (Duration::ZERO, Duration::ZERO),
            (micro, micro),
            (Duration::from_nanos(1_999), micro),
            (Duration::MAX, NewOperation::MAX_DURATION),
            (NewOperation::DEFAULT_RETENTION, NewOperation::DEFAULT_RETENTION),
        ] {
            assert_eq!(storable(given), kept);
        }
    }
}
