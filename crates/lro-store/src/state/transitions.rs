//! What can happen to an operation, as pure functions from one view to the next.
//!
//! ```text
//!            claim (attempt n+1)                finish
//!   queued ────────────────────▶ running ─────────────────▶ done
//!      ▲                            │  ▲│                     ▲
//!      │      release, reclaim      │  └┘ report,             │
//!      └────────────────────────────┘     request_stop        │
//!      └──────────────────────────────────────────────────────┘
//!        request_stop, expire: of what no worker has, at once;
//!        release, reclaim: when it is asked to stop, or has no attempt left
//! ```
//!
//! A store that does the same in SQL is right when it does what these functions do.

use crate::operation::storable;
use crate::{
    Attempt, Fence, Holder, Interruption, Outcome, Payload, State, StopReason, Timestamp, View, WorkerId,
};

/// Why a transition does not apply. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransitionError {
    /// It is running or done, so there is nothing to claim.
    #[error("the operation is not queued")]
    NotQueued,
    /// It is queued and may not begin before a later time.
    #[error("the operation may not begin yet")]
    NotYet,
    /// It has no deadline, or time is left, or it has been asked to stop already.
    #[error("the operation is not past its deadline")]
    NotExpired,
    /// The worker does not have it.
    #[error("the operation is not held by that worker")]
    NotHeld,
    /// It is past its deadline and ends as soon as the store gets to it.
    #[error("the operation is past its deadline")]
    Expired,
    /// The writer's claim is not the current one: somebody else has it, or nobody.
    #[error("another attempt has taken the operation over")]
    Lost,
    /// It is done. It may have been the same writer who ended it.
    #[error("the operation is done")]
    Done,
}

impl View {
    /// Gives a queued operation to `worker` for its next attempt. Whether its exclusive key lets it run is for
    /// the caller to know ([`holder`](crate::holder)).
    ///
    /// # Errors
    /// [`TransitionError::NotQueued`], [`TransitionError::NotYet`], [`TransitionError::Expired`].
    pub fn claim(&self, worker: &WorkerId, now: Timestamp) -> Result<Self, TransitionError> {
        let State::Queued { not_before, last_attempt } = self.state() else {
            return Err(TransitionError::NotQueued);
        };
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            return Err(TransitionError::Expired);
        }
        if not_before.is_some_and(|time| now < time) {
            return Err(TransitionError::NotYet);
        }
        let attempt = last_attempt.map_or(Attempt::FIRST, Attempt::next);
        let holder = Holder::Worker(worker.clone());
        Ok(self.moved(now, |_| State::Running { holder, attempt, stop: None }))
    }

    /// Takes the operation back from a worker that is gone: to queued, or done if it may not run again.
    ///
    /// # Errors
    /// [`TransitionError::NotHeld`].
    pub fn reclaim(&self, worker: &WorkerId, now: Timestamp) -> Result<Self, TransitionError> {
        match self.holder() {
            Some(Holder::Worker(holder)) if holder == worker => {
                Ok(self.interrupted(Interruption::begun(), now))
            }
            _ => Err(TransitionError::NotHeld),
        }
    }

    /// Replaces the metadata, if there is any to report. What a checkpoint changes is this and the record's
    /// checkpoint, so the operation counts as updated in either case.
    ///
    /// # Errors
    /// [`TransitionError::Lost`], [`TransitionError::Done`].
    pub fn report(
        &self,
        fence: &Fence,
        metadata: Option<Payload>,
        now: Timestamp,
    ) -> Result<Self, TransitionError> {
        self.check(fence)?;
        Ok(self.described(metadata, now))
    }

    /// Ends the operation with the outcome of its work, and reports the last metadata with it.
    ///
    /// # Errors
    /// [`TransitionError::Lost`], [`TransitionError::Done`]; so a second outcome is always refused.
    pub fn finish(
        &self,
        fence: &Fence,
        outcome: Outcome,
        metadata: Option<Payload>,
        now: Timestamp,
    ) -> Result<Self, TransitionError> {
        self.check(fence)?;
        Ok(self.described(metadata, now).ended(outcome, now))
    }

    /// Hands unfinished work back, and reports the last metadata with it: to queued, or done if it is asked to
    /// stop or has no attempt left. Work that others finish has one attempt and no other, begun or not.
    ///
    /// # Errors
    /// [`TransitionError::Lost`], [`TransitionError::Done`].
    pub fn release(
        &self,
        fence: &Fence,
        interruption: Interruption,
        metadata: Option<Payload>,
        now: Timestamp,
    ) -> Result<Self, TransitionError> {
        self.check(fence)?;
        Ok(self.described(metadata, now).interrupted(interruption, now))
    }

    /// Asks for the work to stop. What no worker has ends at once, work that a worker has gets the flag, and an
    /// operation that is done or has the flag stays as it is.
    #[must_use = "the view itself stays as it is"]
    pub fn request_stop(&self, reason: StopReason, now: Timestamp) -> Self {
        match self.state() {
            State::Queued { .. } | State::Running { holder: Holder::Delegate(_), .. } => {
                self.ended(Outcome::Error(reason.failure()), now)
            }
            State::Running { holder, attempt, stop: None } => {
                let (holder, attempt) = (holder.clone(), *attempt);
                self.moved(now, |_| State::Running { holder, attempt, stop: Some(reason) })
            }
            State::Running { stop: Some(_), .. } | State::Done { .. } => self.clone(),
        }
    }

    /// [`request_stop`](Self::request_stop) of what is not done by its deadline.
    ///
    /// # Errors
    /// [`TransitionError::NotExpired`], [`TransitionError::Done`].
    pub fn expire(&self, now: Timestamp) -> Result<Self, TransitionError> {
        if self.is_done() {
            return Err(TransitionError::Done);
        }
        match self.deadline() {
            Some(deadline) if deadline <= now && self.stop().is_none() => {
                Ok(self.request_stop(StopReason::DeadlineExceeded, now))
            }
            _ => Err(TransitionError::NotExpired),
        }
    }

    /// What the holder shows to write to this operation; `None` unless it is running.
    pub fn fence(&self) -> Option<Fence> {
        match self.state() {
            State::Running { holder, attempt, .. } => {
                Some(Fence { name: self.name().clone(), holder: holder.clone(), attempt: *attempt })
            }
            State::Queued { .. } | State::Done { .. } => None,
        }
    }

    /// Whether whoever shows `fence` may write.
    fn check(&self, fence: &Fence) -> Result<(), TransitionError> {
        match self.state() {
            State::Running { holder, attempt, .. }
                if *holder == fence.holder && *attempt == fence.attempt && *self.name() == fence.name =>
            {
                Ok(())
            }
            State::Done { .. } => Err(TransitionError::Done),
            State::Queued { .. } | State::Running { .. } => Err(TransitionError::Lost),
        }
    }

    fn described(&self, metadata: Option<Payload>, now: Timestamp) -> Self {
        self.changed(now, |parts| {
            if metadata.is_some() {
                parts.metadata = metadata;
            }
        })
    }

    fn interrupted(&self, interruption: Interruption, now: Timestamp) -> Self {
        let Interruption { begun, delay, failure } = interruption;
        let delay = storable(delay);
        let last_attempt = self.last_attempt();
        let end = match self.stop() {
            Some(reason) => Some(reason.failure()),
            None if self.may_begin_again(begun) => None,
            None => Some(failure.unwrap_or_else(|| Interruption::used_up(self.attempts()))),
        };
        self.changed(now, |parts| {
            parts.unbegun += u32::from(!begun);
            parts.state = if let Some(failure) = end {
                let (outcome, end_time) = (Outcome::Error(failure), parts.update_time);
                State::Done { outcome, end_time, last_attempt }
            } else {
                let not_before = (!delay.is_zero()).then(|| now.saturating_add(delay));
                State::Queued { not_before, last_attempt }
            };
        })
    }

    /// Whether a worker may claim the work again after it was interrupted. Work that others finish is for no
    /// worker to do.
    fn may_begin_again(&self, begun: bool) -> bool {
        let is_for_workers = matches!(self.holder(), Some(Holder::Worker(_)));
        let may_be_claimed = self.last_attempt() != Some(Attempt::LAST);
        is_for_workers && may_be_claimed && (!begun || self.attempts() < self.max_attempts())
    }

    fn ended(&self, outcome: Outcome, now: Timestamp) -> Self {
        let last_attempt = self.last_attempt();
        self.moved(now, |end_time| State::Done { outcome, end_time, last_attempt })
    }
}
