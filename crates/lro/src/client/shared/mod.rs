//! What all handles of one operation share: what is known of it, who waits for it, and the task that asks for them.

mod calls;
mod carried;
mod demand;
pub(in crate::client) mod feed;
mod plan;
mod seen;
mod watched;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tonic::Status;

pub(in crate::client) use self::carried::Carried;
pub(in crate::client) use self::demand::{Demand, Interest};
use self::feed::Feed;
pub(in crate::client) use self::plan::Plan;
pub(in crate::client) use self::seen::{Seen, Trouble};
use self::watched::Watched;
use super::Client;
use super::failure::Kind;
use crate::google::longrunning::Operation;

/// What all handles of one operation share.
#[derive(Debug)]
pub(in crate::client) struct Shared {
    pub(in crate::client) name: String,
    pub(in crate::client) client: Client,
    /// Since when there has been a handle that was made from what the server said; `None` for one that was made from a name.
    pub(in crate::client) created: Option<Instant>,
    seen: Watched<Seen>,
    /// Whether calls about the operation carry a routing header, as calls of its method do.
    routed: AtomicBool,
    /// What else calls about the operation carry.
    carried: Mutex<Option<Arc<Carried>>>,
    waiting: Mutex<Waiting>,
    /// Tells the poller that somebody else waits.
    changed: Notify,
    /// The stream that tells of the operation, if there is one. The poller listens to it.
    feed: tokio::sync::Mutex<Option<Box<Feed>>>,
    /// Whether there is such a stream.
    is_fed: AtomicBool,
}

/// Who waits for an operation, and who asks for them.
#[derive(Debug, Default)]
struct Waiting {
    interests: Vec<(u32, Arc<Interest>)>,
    next_id: u32,
    poller: Option<AbortHandle>,
    /// Counts the pollers, so that one that ends late is not taken for its successor.
    poller_number: u32,
    /// What the poller will do next. It is kept while nobody waits, so that whoever waits again does not ask more often than one who
    /// never gave up.
    plan: Plan,
}

impl Waiting {
    fn keep_polling(&mut self, spawn: impl FnOnce(u32) -> AbortHandle) {
        if self.poller.is_none() {
            self.poller_number = self.poller_number.wrapping_add(1);
            self.poller = Some(spawn(self.poller_number));
        }
    }
}

/// What a stream has said.
pub(in crate::client) enum Fed {
    State(Operation),
    /// There is no stream any more.
    Over(Status),
}

impl Shared {
    pub(in crate::client) fn new(client: Client, name: String, latest: Option<Operation>) -> Self {
        Self {
            name,
            client,
            created: latest.is_some().then(Instant::now),
            seen: Watched::new(Seen::new(latest)),
            routed: AtomicBool::new(false),
            carried: Mutex::default(),
            waiting: Mutex::default(),
            changed: Notify::new(),
            feed: tokio::sync::Mutex::default(),
            is_fed: AtomicBool::new(false),
        }
    }

    /// Adds a routing header to every call about the operation, whichever handle makes the call.
    pub(in crate::client) fn route(&self) {
        self.routed.store(true, Ordering::Relaxed);
    }

    pub(in crate::client) fn is_routed(&self) -> bool {
        self.routed.load(Ordering::Relaxed)
    }

    /// Has every later call about the operation carry this, whichever handle makes the call.
    pub(in crate::client) fn carry(&self, carried: Carried) {
        *self.carried.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(carried));
    }

    pub(in crate::client) fn carried(&self) -> Option<Arc<Carried>> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Checks that the operation has a name, because the server cannot be asked without one.
    pub(in crate::client) fn named(&self) -> Result<(), Kind> {
        if self.name.is_empty() { Err(Kind::Malformed("it has no name to ask for it by")) } else { Ok(()) }
    }

    /// Takes note of somebody who waits, and returns a number for [`leave`](Self::leave). If nobody asks, `spawn` has somebody do it; it is given a number
    /// for [`poller_ended`](Self::poller_ended).
    pub(in crate::client) fn join(
        &self,
        interest: Arc<Interest>,
        spawn: impl FnOnce(u32) -> AbortHandle,
    ) -> u32 {
        let mut waiting = self.waiting();
        let id = waiting.next_id;
        waiting.next_id = id.wrapping_add(1);
        if waiting.interests.is_empty() {
            // Most operations have one who waits, and a vector would make room for four.
            waiting.interests.reserve_exact(1);
        }
        waiting.interests.push((id, interest));
        waiting.keep_polling(spawn);
        drop(waiting);
        self.changed.notify_one();
        id
    }

    /// Nobody waits under this number any more. When nobody waits at all, nobody asks, and a call that goes on is dropped.
    pub(in crate::client) fn leave(&self, id: u32) {
        let mut waiting = self.waiting();
        waiting.interests.retain(|(other, _)| *other != id);
        if waiting.interests.is_empty()
            && let Some(poller) = waiting.poller.take()
        {
            poller.abort();
        }
    }

    /// Sees to it that somebody asks. The task that did so is gone when its runtime is.
    pub(in crate::client) fn resume_polling(&self, spawn: impl FnOnce(u32) -> AbortHandle) {
        self.waiting().keep_polling(spawn);
    }

    /// A poller has ended.
    pub(in crate::client) fn poller_ended(&self, number: u32, panicked: bool) {
        let mut waiting = self.waiting();
        if waiting.poller_number == number && waiting.poller.take().is_some() {
            drop(waiting);
            // Those who wait look for another poller, unless that would panic too.
            self.seen.change(|seen| seen.panicked |= panicked);
        }
    }

    /// What those who wait want, all of them together, and what is to be done next for them; `None` if nobody waits.
    pub(in crate::client) fn demand(&self) -> Option<(Demand, Plan)> {
        let waiting = self.waiting();
        let demand =
            Demand::of(waiting.interests.iter().map(|(_, interest)| &**interest), waiting.plan.looked)?;
        Some((demand, waiting.plan))
    }

    pub(in crate::client) fn set_plan(&self, plan: Plan) {
        self.waiting().plan = plan;
    }

    /// Waits until who waits has changed. Cancel-safe.
    pub(in crate::client) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::client) fn is_fed(&self) -> bool {
        self.is_fed.load(Ordering::Acquire)
    }

    /// Has a stream tell of the operation, unless one does already.
    pub(in crate::client) fn feed_by(&self, feed: Feed) {
        if let Ok(mut current) = self.feed.try_lock() {
            current.get_or_insert(Box::new(feed));
            self.is_fed.store(true, Ordering::Release);
        }
    }

    /// Waits until the stream says something. Cancel-safe.
    pub(in crate::client) async fn listen(&self) -> Fed {
        let over = || Status::unavailable("the stream ended before the operation");
        let mut feed = self.feed.lock().await;
        let Some(stream) = feed.as_mut() else { return Fed::Over(over()) };
        let status = match stream.next().await {
            Ok(Some(operation)) => return Fed::State(operation),
            Ok(None) => over(),
            Err(status) => status,
        };
        *feed = None;
        self.is_fed.store(false, Ordering::Release);
        Fed::Over(status)
    }
}
