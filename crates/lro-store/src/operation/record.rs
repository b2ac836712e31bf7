//! One operation as a store keeps it.

use std::sync::Arc;

use crate::{
    Attempt, ExclusiveKey, Holder, InvalidRecord, Labels, OperationName, Outcome, Owner, Payload, RequestKey,
    Retry, StopReason, Timestamp, ViewParts,
};

/// Where an operation is on its way: queued → running → done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Nobody works on it; any worker that has the handler may claim it.
    Queued {
        /// Until when it may not be claimed.
        not_before: Option<Timestamp>,
        /// The last claim, if there was one.
        last_attempt: Option<Attempt>,
    },
    /// Somebody has it.
    Running {
        /// Who.
        holder: Holder,
        /// Which claim this is.
        attempt: Attempt,
        /// Why the work is asked to stop, if it is.
        stop: Option<StopReason>,
    },
    /// It is over, for good.
    Done {
        /// The result.
        outcome: Outcome,
        /// When it ended.
        end_time: Timestamp,
        /// The last claim; `None` if there was none.
        last_attempt: Option<Attempt>,
    },
}

/// A [`State`] without what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateKind {
    /// [`State::Queued`].
    Queued,
    /// [`State::Running`].
    Running,
    /// [`State::Done`].
    Done,
}

/// An operation as readers need it: everything but the request and the checkpoint, which only the work needs
/// and which may be large.
///
/// A view only comes from [`NewOperation::into_record`], from a transition of another one, or from parts that
/// pass [`View::from_parts`], so every view there is makes sense. Cloning one copies nothing.
///
/// [`NewOperation::into_record`]: crate::NewOperation::into_record
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View(Arc<ViewParts>);

/// An operation, whole: what a worker gets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// What readers see.
    pub view: View,
    /// The request that started it, so that any process can do the work.
    pub request: Payload,
    /// Where the next attempt goes on from.
    pub checkpoint: Option<Payload>,
}

impl Record {
    /// Puts a record together from what a store has read.
    pub fn new(view: View, request: Payload, checkpoint: Option<Payload>) -> Self {
        Self { view, request, checkpoint }
    }

    /// The name.
    pub fn name(&self) -> &OperationName {
        self.view.name()
    }
}

impl View {
    /// Puts a view together from what a store has read.
    ///
    /// # Errors
    /// When no sequence of transitions leads to such a view; the store's data is damaged.
    pub fn from_parts(parts: ViewParts) -> Result<Self, InvalidRecord> {
        parts.checked().map(|parts| Self(Arc::new(parts)))
    }

    /// Parts that a transition of a sound view has led to.
    pub(crate) fn sound(parts: ViewParts) -> Self {
        debug_assert_eq!(parts.fault(), None, "{parts:?}");
        Self(Arc::new(parts))
    }

    /// The parts, for a store to write.
    pub fn parts(&self) -> &ViewParts {
        &self.0
    }

    /// Takes the view apart, for a store to write.
    pub fn into_parts(self) -> ViewParts {
        Arc::unwrap_or_clone(self.0)
    }

    /// The name.
    pub fn name(&self) -> &OperationName {
        &self.0.name
    }

    /// The path of the RPC that started it.
    pub fn method(&self) -> &Arc<str> {
        &self.0.method
    }

    /// Whose it is.
    pub fn owner(&self) -> &Owner {
        &self.0.owner
    }

    /// The request that it is the one operation of, as long as it exists.
    pub fn request_key(&self) -> Option<RequestKey> {
        let id = self.0.request_id.clone()?;
        Some(RequestKey::new(self.0.owner.clone(), Arc::clone(&self.0.method), id))
    }

    /// The latest progress.
    pub fn metadata(&self) -> Option<&Payload> {
        self.0.metadata.as_ref()
    }

    /// The key that it has until it is done.
    pub fn exclusive(&self) -> Option<&ExclusiveKey> {
        self.0.exclusive.as_ref()
    }

    /// What travels with it.
    pub fn labels(&self) -> &Labels {
        &self.0.labels
    }

    /// The higher, the sooner it is claimed.
    pub fn priority(&self) -> i16 {
        self.0.priority
    }

    /// How often its work may begin.
    pub fn max_attempts(&self) -> u32 {
        self.0.max_attempts.get()
    }

    /// When failed work is tried again.
    pub fn retry(&self) -> Retry {
        self.0.retry.unwrap_or_default()
    }

    /// When it ends unless it is done.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.0.deadline
    }

    /// When it was created.
    pub fn create_time(&self) -> Timestamp {
        self.0.create_time
    }

    /// When anything last changed.
    pub fn update_time(&self) -> Timestamp {
        self.0.update_time
    }

    /// When it ended; `None` while it is not done.
    pub fn end_time(&self) -> Option<Timestamp> {
        match &self.0.state {
            State::Done { end_time, .. } => Some(*end_time),
            State::Queued { .. } | State::Running { .. } => None,
        }
    }

    /// Where it is on its way.
    pub fn state(&self) -> &State {
        &self.0.state
    }

    /// Where it is on its way, in one word.
    pub fn kind(&self) -> StateKind {
        match &self.0.state {
            State::Queued { .. } => StateKind::Queued,
            State::Running { .. } => StateKind::Running,
            State::Done { .. } => StateKind::Done,
        }
    }

    /// Whether it is over.
    pub fn is_done(&self) -> bool {
        self.kind() == StateKind::Done
    }

    /// The result, once it is done.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.0.state {
            State::Done { outcome, .. } => Some(outcome),
            State::Queued { .. } | State::Running { .. } => None,
        }
    }

    /// Who has it; `None` unless it is running.
    pub fn holder(&self) -> Option<&Holder> {
        match &self.0.state {
            State::Running { holder, .. } => Some(holder),
            State::Queued { .. } | State::Done { .. } => None,
        }
    }

    /// Why its work is asked to stop, if it is running and asked to.
    pub fn stop(&self) -> Option<&StopReason> {
        match &self.0.state {
            State::Running { stop, .. } => stop.as_ref(),
            State::Queued { .. } | State::Done { .. } => None,
        }
    }

    /// The last claim: the running one, or the one before.
    pub fn last_attempt(&self) -> Option<Attempt> {
        match &self.0.state {
            State::Queued { last_attempt, .. } | State::Done { last_attempt, .. } => *last_attempt,
            State::Running { attempt, .. } => Some(*attempt),
        }
    }

    /// How often its work has begun, as far as is known: all claims but those that were handed back before the
    /// work began. This is what [`max_attempts`](Self::max_attempts) limits.
    pub fn attempts(&self) -> u32 {
        self.last_attempt().map_or(0, Attempt::number).saturating_sub(self.0.unbegun)
    }

    /// From when on it is as if it did not exist; `None` while it is not done.
    pub fn expire_time(&self) -> Option<Timestamp> {
        Some(self.end_time()?.saturating_add(self.0.retention))
    }

    /// Whether its retention is over: no reader sees it any more, and a purge removes it.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expire_time().is_some_and(|time| time <= now)
    }

    /// About how many bytes an answer with this view takes.
    pub fn size(&self) -> usize {
        self.0.name.as_str().len()
            + self.0.metadata.as_ref().map_or(0, Payload::size)
            + self.outcome().map_or(0, Outcome::size)
    }

    /// The same operation in another state, touched now. A clock that went backwards does not make it older.
    pub(crate) fn moved(&self, now: Timestamp, state: impl FnOnce(Timestamp) -> State) -> Self {
        self.changed(now, |parts| parts.state = state(parts.update_time))
    }

    /// The same operation with other parts, touched now.
    pub(crate) fn changed(&self, now: Timestamp, change: impl FnOnce(&mut ViewParts)) -> Self {
        let mut parts = ViewParts::clone(&self.0);
        parts.update_time = parts.update_time.max(now);
        change(&mut parts);
        Self::sound(parts)
    }
}
