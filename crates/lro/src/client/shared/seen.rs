//! What the server said last, and what went wrong since.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Shared;
use crate::client::failure::RpcFailure;
use crate::google::longrunning::Operation;

/// What the server said last, and what went wrong since.
#[derive(Debug)]
pub(in crate::client) struct Seen {
    pub(in crate::client) operation: Option<Operation>,
    pub(in crate::client) trouble: Option<Arc<Trouble>>,
    /// How many calls the poller has made.
    pub(in crate::client) calls: u32,
    /// Whether the poller has panicked, which it does when the transport does.
    pub(in crate::client) panicked: bool,
}

/// Calls that failed, one after the other.
#[derive(Debug, Clone)]
pub(in crate::client) struct Trouble {
    /// The last of them.
    pub(in crate::client) failure: RpcFailure,
    /// When the first of them failed.
    pub(in crate::client) since: Instant,
    /// How many of the last ones failed with the same code.
    pub(in crate::client) alike: u32,
    /// How long it will be until the next.
    pub(in crate::client) pause: Duration,
    /// Whether the client has ever had an answer of the server.
    pub(in crate::client) was_reached: bool,
}

impl Seen {
    pub(super) fn new(operation: Option<Operation>) -> Self {
        Self { operation, trouble: None, calls: 0, panicked: false }
    }
}

impl Shared {
    /// How often what is known has changed.
    pub(in crate::client) fn version(&self) -> u64 {
        self.seen.version()
    }

    /// Waits until something else is known than what was at this version. Cancel-safe.
    pub(in crate::client) fn news(&self, version: u64) -> impl Future<Output = ()> + Send {
        self.seen.changed(version)
    }

    /// Reads what is known, and its version.
    pub(in crate::client) fn read<R>(&self, read: impl FnOnce(&Seen) -> R) -> (R, u64) {
        self.seen.read_version(read)
    }

    /// The operation as the server last described it.
    pub(in crate::client) fn latest(&self) -> Option<Operation> {
        self.seen.read(|seen| seen.operation.clone())
    }

    /// The operation as it ended, if the end is known. It never changes again, so no call is needed.
    pub(in crate::client) fn ended(&self) -> Option<Operation> {
        self.seen.read(|seen| seen.operation.as_ref().filter(|operation| operation.done).cloned())
    }

    pub(in crate::client) fn is_known(&self) -> bool {
        self.seen.read(|seen| seen.operation.is_some())
    }

    /// Keeps the server's answer, and returns what is known now. If the end is known already, an answer that
    /// arrives late does not replace it.
    pub(in crate::client) fn remember(&self, answer: Operation) -> Operation {
        self.seen.change(|seen| {
            seen.trouble = None;
            match &seen.operation {
                Some(end) if end.done => end.clone(),
                _ => seen.operation.insert(answer).clone(),
            }
        })
    }

    /// A call has failed; those who wait decide what that means to them.
    pub(in crate::client) fn report(&self, trouble: Trouble) {
        self.seen.change(|seen| seen.trouble = Some(Arc::new(trouble)));
    }

    /// The last of the calls that have failed since one succeeded.
    pub(in crate::client) fn trouble(&self) -> Option<Arc<Trouble>> {
        self.seen.read(|seen| seen.trouble.clone())
    }

    /// Counts a call of the poller, and returns how many there have been.
    pub(in crate::client) fn count_call(&self) -> u32 {
        self.seen.change_quietly(|seen| {
            seen.calls = seen.calls.saturating_add(1);
            seen.calls
        })
    }

    pub(in crate::client) fn calls(&self) -> u32 {
        self.seen.read(|seen| seen.calls)
    }
}
