//! What is known of one operation, and the stream that tells of it, if there is one.

mod calls;
pub(in crate::client) mod feed;

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, watch};
use tonic::Status;

use self::feed::Feed;
use super::Client;
use super::kind::Kind;
use crate::google::longrunning::Operation;

/// What all handles of one operation share.
#[derive(Debug)]
pub(in crate::client) struct Shared {
    pub(in crate::client) name: String,
    pub(in crate::client) client: Client,
    latest: watch::Sender<Option<Operation>>,
    /// Whether calls about the operation carry a routing header, as calls of its method do.
    routed: AtomicBool,
    /// The stream that tells of the operation. Whoever waits for it to say something has the lock; the others see what it
    /// said in `latest`.
    feed: Mutex<Option<Feed>>,
    /// Whether there is such a stream.
    is_fed: AtomicBool,
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
            latest: watch::Sender::new(latest),
            routed: AtomicBool::new(false),
            feed: Mutex::default(),
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

    /// The operation as the server last described it.
    pub(in crate::client) fn latest(&self) -> Option<Operation> {
        self.latest.borrow().clone()
    }

    /// The operation as it ended, if the end is known. It never changes again, so no call is needed.
    pub(in crate::client) fn ended(&self) -> Option<Operation> {
        self.latest.borrow().as_ref().filter(|operation| operation.done).cloned()
    }

    pub(in crate::client) fn is_known(&self) -> bool {
        self.latest.borrow().is_some()
    }

    /// Keeps the server's answer, and returns what is known now. If the end is known already, an answer that
    /// arrives late does not replace it.
    pub(in crate::client) fn remember(&self, answer: Operation) -> Operation {
        let mut known = None;
        self.latest.send_if_modified(|latest| match latest {
            Some(end) if end.done => {
                known = Some(end.clone());
                false
            }
            _ => {
                *latest = Some(answer.clone());
                true
            }
        });
        known.unwrap_or(answer)
    }

    /// Checks that the operation has a name, because the server cannot be asked without one.
    pub(in crate::client) fn named(&self) -> Result<(), Kind> {
        if self.name.is_empty() { Err(Kind::Malformed("it has no name to ask for it by")) } else { Ok(()) }
    }

    pub(in crate::client) fn is_fed(&self) -> bool {
        self.is_fed.load(Ordering::Acquire)
    }

    /// Has a stream tell of the operation, unless one does already.
    pub(in crate::client) fn feed_by(&self, feed: Feed) {
        if let Ok(mut current) = self.feed.try_lock() {
            current.get_or_insert(feed);
            self.is_fed.store(true, Ordering::Release);
        }
    }

    /// Waits until the stream says something. Cancel-safe.
    pub(in crate::client) async fn listen(&self) -> Fed {
        let mut latest = self.latest.subscribe();
        if let Some(end) = self.ended() {
            return Fed::State(end);
        }
        let heard = async {
            // An error says that there is no sender, but that is in `self`.
            let _ = latest.changed().await;
            self.latest()
        };
        tokio::select! {
            biased;
            Some(operation) = heard => Fed::State(operation),
            fed = self.take_turn() => fed,
        }
    }

    /// Waits for its turn to listen, and then for the stream.
    async fn take_turn(&self) -> Fed {
        let over = || Status::unavailable("the stream ended before the operation");
        let mut feed = self.feed.lock().await;
        let Some(stream) = feed.as_mut() else { return Fed::Over(over()) };
        let status = match stream.next().await {
            Ok(Some(operation)) => return Fed::State(self.remember(operation)),
            Ok(None) => over(),
            Err(status) => status,
        };
        *feed = None;
        self.is_fed.store(false, Ordering::Release);
        Fed::Over(status)
    }
}
