//! The state machine: every change that an operation can go through, as pure functions from one record to the
//! next.
//!
//! ```text
//!            claim (attempt n+1)               finish
//!   queued ────────────────────▶ running ─────────────────▶ done
//!      ▲                            │  ▲│                     ▲
//!      │   release, expire          │  └┘ extend, progress,   │
//!      └────────────────────────────┘     request_cancel      │
//!      └──────────────────────────────────────────────────────┘
//!        request_cancel while nobody runs it: CANCELLED;
//!        release or expire when cancelled (CANCELLED) or at most once (ABORTED)
//! ```
//!
//! A store that does the same in SQL is right when it does what these functions do.

use std::time::Duration;

use crate::{
    Attempt, Delivery, Failure, FailureCode, Lease, LeaseId, Outcome, Payload, Record, State, Timestamp,
    WorkerId,
};

/// Why a transition does not apply. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is running or done, so there is nothing to claim.
    #[error("the operation is not queued")]
    NotQueued,
    /// Nobody runs it, or the one who does still may.
    #[error("the operation has no lease that is over")]
    NotExpired,
    /// The worker's run is not the current one: somebody else took over, or the operation is done.
    #[error("the lease is lost")]
    LeaseLost,
}

impl Record {
    /// Gives a queued operation to `worker` for its next run, until `lease` from now.
    ///
    /// # Errors
    /// [`Refusal::NotQueued`]. A lease that is over must [`expire`](Self::expire) first.
    pub fn claim(&self, worker: &WorkerId, lease: Duration, now: Timestamp) -> Result<Self, Refusal> {
        let State::Queued { last_attempt } = self.state() else {
            return Err(Refusal::NotQueued);
        };
        let lease = Lease {
            worker: worker.clone(),
            attempt: last_attempt.map_or(Attempt::FIRST, Attempt::next),
            expires_at: now.saturating_add(lease),
        };
        Ok(self.moved(now, |_| State::Running { lease, cancel_requested: false }))
    }

    /// Takes a lease away whose time is over: back to queued, or done if it may not run again.
    ///
    /// # Errors
    /// [`Refusal::NotExpired`].
    pub fn expire(&self, now: Timestamp) -> Result<Self, Refusal> {
        match self.lease() {
            Some(lease) if lease.is_expired(now) => Ok(self.interrupted(now)),
            _ => Err(Refusal::NotExpired),
        }
    }

    /// Sets the end of a lease to `lease` from now. A lease that is over but not taken is good again.
    ///
    /// # Errors
    /// [`Refusal::LeaseLost`].
    pub fn extend(&self, id: &LeaseId, lease: Duration, now: Timestamp) -> Result<Self, Refusal> {
        self.check_held(id)?;
        Ok(self.extended(now.saturating_add(lease)))
    }

    /// Replaces the metadata.
    ///
    /// # Errors
    /// [`Refusal::LeaseLost`].
    pub fn progress(&self, id: &LeaseId, metadata: Payload, now: Timestamp) -> Result<Self, Refusal> {
        self.check_held(id)?;
        Ok(self.described(now, metadata))
    }

    /// Ends the operation with the outcome of its work.
    ///
    /// # Errors
    /// [`Refusal::LeaseLost`]; in particular, a second outcome is always refused.
    pub fn finish(&self, id: &LeaseId, outcome: Outcome, now: Timestamp) -> Result<Self, Refusal> {
        self.check_held(id)?;
        Ok(self.ended(now, outcome))
    }

    /// Hands unfinished work back: to queued at once, or done if it may not run again.
    ///
    /// # Errors
    /// [`Refusal::LeaseLost`].
    pub fn release(&self, id: &LeaseId, now: Timestamp) -> Result<Self, Refusal> {
        self.check_held(id)?;
        Ok(self.interrupted(now))
    }

    /// Asks for the work to stop. Work that nobody runs ends as CANCELLED at once, running work gets the
    /// flag, and an operation that is done or has the flag stays as it is.
    #[must_use = "the record itself stays as it is"]
    pub fn request_cancel(&self, now: Timestamp) -> Self {
        match self.state() {
            State::Queued { .. } => self.ended(now, cancelled()),
            State::Running { lease, .. } if lease.is_expired(now) => self.ended(now, cancelled()),
            State::Running { lease, cancel_requested: false } => {
                let lease = lease.clone();
                self.moved(now, |_| State::Running { lease, cancel_requested: true })
            }
            State::Running { cancel_requested: true, .. } | State::Done { .. } => self.clone(),
        }
    }

    /// What a worker shows to write to this operation; `None` unless it is running.
    pub fn lease_id(&self) -> Option<LeaseId> {
        let lease = self.lease()?;
        Some(LeaseId { name: self.name().clone(), worker: lease.worker.clone(), attempt: lease.attempt })
    }

    fn check_held(&self, id: &LeaseId) -> Result<(), Refusal> {
        match self.lease() {
            Some(lease)
                if lease.worker == id.worker && lease.attempt == id.attempt && *self.name() == id.name =>
            {
                Ok(())
            }
            _ => Err(Refusal::LeaseLost),
        }
    }

    fn interrupted(&self, now: Timestamp) -> Self {
        if self.cancel_requested() {
            return self.ended(now, cancelled());
        }
        match self.delivery() {
            Delivery::AtLeastOnce => {
                let last_attempt = self.last_attempt();
                self.moved(now, |_| State::Queued { last_attempt })
            }
            Delivery::AtMostOnce => {
                let failure = Failure::new(
                    FailureCode::ABORTED,
                    "the work was interrupted and may not begin twice; check what it has done before starting it again",
                );
                self.ended(now, Outcome::Error(failure))
            }
        }
    }

    fn ended(&self, now: Timestamp, outcome: Outcome) -> Self {
        let last_attempt = self.last_attempt();
        self.moved(now, |end_time| State::Done { outcome, end_time, last_attempt })
    }
}

fn cancelled() -> Outcome {
    Outcome::Error(Failure::new(FailureCode::CANCELLED, "the operation was cancelled"))
}
