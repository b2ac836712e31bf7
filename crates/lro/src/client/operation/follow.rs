//! Waiting for what the poller of an operation finds out.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tonic::Status;

use super::Operation as Handle;
use crate::client::failure::{Kind, RpcFailure};
use crate::client::poller::{self, verdict};
use crate::client::shared::{Interest, Seen, Shared};
use crate::google::longrunning::Operation;

/// One who waits for an operation: a sequence of answers, up to the one that says how the operation ended.
///
/// While there is one, the poller asks; when it is dropped, and no other is there, the poller stops.
pub(in crate::client) struct Follow {
    shared: Arc<Shared>,
    interest: Arc<Interest>,
    began: Instant,
    calls_before: u32,
    /// The version of what it has seen.
    seen: u64,
    /// The number under which the poller knows of it, after the first answer was waited for.
    id: Option<u32>,
}

impl<Res, Meta> Handle<Res, Meta> {
    /// Begins to wait. The time to wait counts from here. `interval` says how old what is known may be, if more than the end is wanted.
    pub(in crate::client) fn follow(&self, interval: Option<Duration>) -> Follow {
        let began = Instant::now();
        let shared = Arc::clone(&self.shared);
        let own = began.checked_add(self.settings.polling.total_timeout());
        let carried = shared.carried().and_then(|carried| carried.deadline);
        let deadline = own.into_iter().chain(carried).min();
        Follow {
            interest: Arc::new(Interest::new(Arc::clone(&self.settings), self.rpcs, interval, deadline)),
            began,
            calls_before: shared.calls(),
            seen: shared.version(),
            shared,
            id: None,
        }
    }
}

impl Follow {
    /// Waits for the next answer. Cancel-safe.
    pub(in crate::client) async fn next(&mut self) -> Result<Operation, Kind> {
        self.shared.named()?;
        if self.interest.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(self.timed_out());
        }
        if self.id.is_none() {
            // Panics here, and not in a task of which the caller knows nothing, if the runtime has no timers.
            drop(sleep(Duration::ZERO));
            self.seen = self.shared.version();
            let spawn = |number| poller::spawn(Arc::clone(&self.shared), number);
            self.id = Some(self.shared.join(Arc::clone(&self.interest), spawn));
        }
        loop {
            let news = self.shared.news(self.seen);
            match self.interest.deadline {
                // In a box, because most of those who wait have no limit.
                Some(deadline) => {
                    if Box::pin(timeout_at(deadline, news)).await.is_err() {
                        return Err(self.timed_out());
                    }
                }
                None => news.await,
            }
            let (news, version) = self.shared.read(|seen| self.judge(seen));
            self.seen = version;
            if let Some(news) = news {
                return news;
            }
            self.shared.resume_polling(|number| poller::spawn(Arc::clone(&self.shared), number));
        }
    }

    /// What is to be returned of what is known now.
    fn judge(&self, seen: &Seen) -> Option<Result<Operation, Kind>> {
        if seen.panicked {
            let status = Status::internal("the client's transport, or a layer of it, has panicked");
            return Some(Err(Kind::Rpc(RpcFailure::plain("a call", status))));
        }
        match (&seen.trouble, &seen.operation) {
            (_, Some(operation)) if operation.done => Some(Ok(operation.clone())),
            (Some(trouble), _) => verdict::is_final(&self.interest.settings.retry, trouble, &self.shared)
                .then(|| Err(trouble.failure.clone().into())),
            (None, Some(operation)) => Some(Ok(operation.clone())),
            (None, None) => None,
        }
    }

    /// How long it has waited, and how many calls were made meanwhile.
    pub(in crate::client) fn effort(&self) -> Effort {
        let calls = self.shared.calls().saturating_sub(self.calls_before);
        Effort { elapsed: self.began.elapsed(), calls }
    }

    fn timed_out(&self) -> Kind {
        let after =
            self.interest.deadline.map_or(Duration::MAX, |deadline| deadline.duration_since(self.began));
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
pub(in crate::client) struct Effort {
    pub(in crate::client) elapsed: Duration,
    pub(in crate::client) calls: u32,
}
