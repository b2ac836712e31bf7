//! Seeing an operation change.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use lro_store::{OperationName, View};
use tonic::Status;

use crate::google::longrunning::Operation;
use crate::server::access::{Action, Caller};
use crate::server::shared::Shared;
use crate::server::state::waiters::{Interest, Seen, Waiter};

/// The states of an operation as they come: first the present one, last the one in which it is done.
///
/// A state that follows another one quickly may be left out. Where the work runs in this process, changes are seen
/// at once; elsewhere its end is, as far as the store's hints reach, and progress after a few seconds. An operation
/// that does not exist, or not any more, is an error of code `NOT_FOUND` (`PERMISSION_DENIED` where not everyone may see
/// everything, and so is one that the caller may not see); an error is the last item too. A store that
/// cannot be reached is waited for, but for the first state.
///
/// When the engine shuts down, the last item is the end of the operation if it has one, else an error of code
/// UNAVAILABLE. Dropping the stream ends it.
pub struct Watch {
    shared: Arc<Shared>,
    /// The way to the next item; `None` after the last.
    step: Option<Step>,
}

type Item = Result<View, Status>;
type Step = Pin<Box<dyn Future<Output = (Watcher, Item)> + Send>>;

impl Watch {
    pub(super) fn new(shared: Arc<Shared>, caller: Caller, name: OperationName) -> Self {
        let waiter = shared.waiters.wait_for(&name, Interest::Changes);
        let watcher = Watcher { shared: Arc::clone(&shared), caller, name, waiter, last: None };
        Self { shared, step: Some(Box::pin(watcher.next())) }
    }

    /// A state as clients see it.
    pub(super) fn show(&self, view: &View) -> Operation {
        self.shared.show(view)
    }

    /// The next state; `None` after the last. Cancel-safe.
    pub async fn next(&mut self) -> Option<Result<View, Status>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Watch {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        let Some(step) = self.step.as_mut() else { return Poll::Ready(None) };
        let Poll::Ready((watcher, item)) = step.as_mut().poll(context) else { return Poll::Pending };
        let goes_on = item.as_ref().is_ok_and(|view| !view.is_done());
        self.step = goes_on.then(|| Box::pin(watcher.next()) as Step);
        Poll::Ready(Some(item))
    }
}

impl FusedStream for Watch {
    fn is_terminated(&self) -> bool {
        self.step.is_none()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("is_terminated", &self.is_terminated()).finish_non_exhaustive()
    }
}

struct Watcher {
    shared: Arc<Shared>,
    caller: Caller,
    name: OperationName,
    waiter: Waiter,
    last: Option<View>,
}

impl Watcher {
    async fn next(mut self) -> (Self, Item) {
        let item = match self.last {
            None => self.first().await,
            Some(_) => self.changed().await,
        };
        self.last = item.as_ref().ok().cloned();
        (self, item)
    }

    async fn first(&self) -> Item {
        self.shared.check_alive()?;
        self.shared.look_for(&self.caller, Action::Watch, &self.name).await
    }

    /// The end, if the work has ended before the engine does.
    async fn last_look(&self) -> Item {
        self.shared.check_alive()?;
        match self.shared.read(&self.name).await {
            Ok(Some(view)) if view.is_done() => Ok(view),
            Ok(None) => Err(self.missing()),
            Ok(Some(_)) | Err(_) => Err(self.shared.errors.draining()),
        }
    }

    async fn changed(&mut self) -> Item {
        loop {
            let seen = tokio::select! {
                biased;
                seen = self.waiter.changed() => seen,
                () = self.shared.stopped.cancelled() => return self.last_look().await,
            };
            match seen {
                Seen::View(view) if self.last.as_ref() != Some(&view) => return Ok(view),
                Seen::View(_) | Seen::Nothing => {}
                Seen::Gone => return Err(self.missing()),
            }
        }
    }

    fn missing(&self) -> Status {
        self.shared.guard.missing(&self.caller, &self.name)
    }
}
