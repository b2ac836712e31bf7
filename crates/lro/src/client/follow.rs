//! Waiting for what the poller of an operation finds out.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tonic::Status;

use super::kind::{Kind, RpcFailure};
use super::operation::Operation as Handle;
use super::settings::Settings;
use super::shared::{Interest, Seen, Shared};
use super::verdict;
use crate::OperationRpcs;
use crate::google::longrunning::Operation;

/// One who waits for an operation: a sequence of answers, up to the one that says how the operation ended.
///
/// While there is one, the poller asks; when it is dropped, and no other is there, the poller stops.
pub(super) struct Follow {
    shared: Arc<Shared>,
    rpcs: &'static OperationRpcs,
    settings: Settings,
    /// How old what is known may be, if more than the end is wanted.
    interval: Option<Duration>,
    deadline: Option<Instant>,
    began: Instant,
    calls_before: u32,
    seen: watch::Receiver<Seen>,
    /// The number under which the poller knows of it, after the first answer was waited for.
    id: Option<u32>,
}

impl<Res, Meta> Handle<Res, Meta> {
    /// Begins to wait. The time to wait counts from here.
    pub(super) fn follow(&self, interval: Option<Duration>) -> Follow {
        let began = Instant::now();
        let shared = Arc::clone(&self.shared);
        let own = began.checked_add(self.settings.polling.total_timeout());
        let carried = shared.carried().and_then(|carried| carried.deadline);
        Follow {
            rpcs: self.rpcs,
            settings: self.settings,
            interval,
            deadline: own.into_iter().chain(carried).min(),
            began,
            calls_before: shared.calls(),
            seen: shared.subscribe(),
            shared,
            id: None,
        }
    }
}

impl Follow {
    /// Waits for the next answer. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Operation, Kind> {
        self.shared.named()?;
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(self.timed_out());
        }
        if self.id.is_none() {
            // Panics here, and not in a task of which the caller knows nothing, if the runtime has no timers.
            drop(sleep(Duration::ZERO));
            self.seen.mark_unchanged();
            let interest = Interest::new(self.settings, self.rpcs, self.interval, self.deadline);
            self.id = Some(self.shared.join(interest));
        }
        loop {
            // The sender is in `shared`, so that there is no error.
            let is_late = match self.deadline {
                Some(deadline) => timeout_at(deadline, self.seen.changed()).await.is_err(),
                None => self.seen.changed().await.is_err(),
            };
            if is_late {
                return Err(self.timed_out());
            }
            let seen = self.seen.borrow_and_update();
            if seen.panicked {
                let status = Status::internal("the client's transport, or a layer of it, has panicked");
                return Err(Kind::Rpc(RpcFailure::plain("a call", status)));
            }
            match (&seen.trouble, &seen.operation) {
                (_, Some(operation)) if operation.done => return Ok(operation.clone()),
                (Some(trouble), _) => {
                    if verdict::is_final(&self.settings.retry, trouble, &self.shared) {
                        return Err(trouble.failure.clone().into());
                    }
                }
                (None, Some(operation)) => return Ok(operation.clone()),
                (None, None) => {}
            }
            drop(seen);
            self.shared.resume_polling();
        }
    }

    /// How long it has waited, and how many calls were made meanwhile.
    pub(super) fn effort(&self) -> Effort {
        let calls = self.shared.calls().saturating_sub(self.calls_before);
        Effort { elapsed: self.began.elapsed(), calls }
    }

    fn timed_out(&self) -> Kind {
        let after = self.deadline.map_or(Duration::MAX, |deadline| deadline.duration_since(self.began));
        let last_trouble = self.shared.trouble().map(|trouble| trouble.failure.clone());
        Kind::TimedOut { after, last_trouble }
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.shared.leave(id);
        }
    }
}

/// What a handle has done until an error.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Effort {
    pub(super) elapsed: Duration,
    pub(super) calls: u32,
}
