//! An operation that is about to be created.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    Attempt, Delivery, ExclusiveKey, InvalidRequestKey, Lease, OnConflict, OperationName, Payload, Record,
    RecordParts, RequestKey, State, Timestamp, WorkerId,
};

/// An operation that is about to be created.
///
/// With [`leased_to`](Self::leased_to) it is born running: one write both stores it and starts the work.
#[derive(Debug, Clone)]
#[must_use = "an operation exists once a store has created it"]
pub struct NewOperation {
    name: OperationName,
    method: Arc<str>,
    request: Payload,
    metadata: Option<Payload>,
    request_key: Option<RequestKey>,
    exclusive: Option<(ExclusiveKey, OnConflict)>,
    delivery: Delivery,
    retention: Duration,
    lease: Option<(WorkerId, Duration)>,
}

impl NewOperation {
    /// How long an operation is kept after it is done, unless it says otherwise: 30 days.
    pub const DEFAULT_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    /// The longest retention: 100 years.
    pub const MAX_RETENTION: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

    /// A queued operation without metadata, that runs at least once. `method` is the path of the RPC that
    /// starts it, without NUL.
    pub fn new(name: OperationName, method: impl Into<Arc<str>>, request: Payload) -> Self {
        Self {
            name,
            method: method.into(),
            request,
            metadata: None,
            request_key: None,
            exclusive: None,
            delivery: Delivery::AtLeastOnce,
            retention: Self::DEFAULT_RETENTION,
            lease: None,
        }
    }

    /// What readers see before the work reports anything.
    pub fn metadata(mut self, metadata: Payload) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Makes it the one operation of a request: of `caller`, who gave it `id`, for its method. Without it, a
    /// repeat of the request is not known as one.
    ///
    /// # Errors
    /// Those of [`RequestKey::new`].
    pub fn request_id(mut self, caller: &str, id: &str) -> Result<Self, InvalidRequestKey> {
        self.request_key = Some(RequestKey::new(caller, Arc::clone(&self.method), id)?);
        Ok(self)
    }

    /// Holds a key until it is done, and what to do when another operation has it.
    pub fn exclusive(mut self, key: ExclusiveKey, on_conflict: OnConflict) -> Self {
        self.exclusive = Some((key, on_conflict));
        self
    }

    /// What becomes of it when a run is interrupted.
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// How long it is kept after it is done, rounded down to whole microseconds and to
    /// [`MAX_RETENTION`](Self::MAX_RETENTION), so that every store can keep it as it is.
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = storable(retention);
        self
    }

    /// Gives the first run to `worker` at once, for this long.
    pub fn leased_to(mut self, worker: WorkerId, lease: Duration) -> Self {
        self.lease = Some((worker, lease));
        self
    }

    /// The name.
    pub fn name(&self) -> &OperationName {
        &self.name
    }

    /// The request that it is the one operation of.
    pub fn request_key(&self) -> Option<&RequestKey> {
        self.request_key.as_ref()
    }

    /// The key that it wants, and what to do when another operation has it.
    pub fn wants_exclusive(&self) -> Option<(&ExclusiveKey, OnConflict)> {
        self.exclusive.as_ref().map(|(key, on_conflict)| (key, *on_conflict))
    }

    /// The record as it is created now.
    pub fn into_record(self, now: Timestamp) -> Record {
        let state = match self.lease {
            None => State::Queued { last_attempt: None },
            Some((worker, lease)) => State::Running {
                lease: Lease { worker, attempt: Attempt::FIRST, expires_at: now.saturating_add(lease) },
                cancel_requested: false,
            },
        };
        Record::born(RecordParts {
            name: self.name,
            method: self.method,
            request: self.request,
            metadata: self.metadata,
            request_key: self.request_key,
            exclusive: self.exclusive.map(|(key, _)| key),
            delivery: self.delivery,
            retention: self.retention,
            create_time: now,
            update_time: now,
            state,
        })
    }
}

/// The retention as a store can keep it.
pub(crate) fn storable(retention: Duration) -> Duration {
    let retention = retention.min(NewOperation::MAX_RETENTION);
    let below_a_microsecond = Duration::from_nanos(u64::from(retention.subsec_nanos() % 1_000));
    retention.saturating_sub(below_a_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retention_is_what_a_database_can_keep() {
        let micro = Duration::from_micros(1);
        for (given, kept) in [
            (Duration::ZERO, Duration::ZERO),
            (micro, micro),
            (Duration::from_nanos(1_999), micro),
            (Duration::MAX, NewOperation::MAX_RETENTION),
            (NewOperation::DEFAULT_RETENTION, NewOperation::DEFAULT_RETENTION),
        ] {
            assert_eq!(storable(given), kept);
        }
    }
}
