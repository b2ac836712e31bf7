//! The call that starts an operation.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::Instant;
use tonic::Status;
use tonic::metadata::MetadataMap;

use crate::client::operation::Operation;
use crate::client::shared::Carried;
use crate::codegen::BoxFuture;

/// A call that starts an operation, as a future: it is ready with the operation's handle.
///
/// Nothing is sent before the future is polled. If it is dropped before it is ready, the call is dropped too, and the operation may have
/// been started or not.
#[must_use = "futures do nothing unless polled"]
pub struct Starting<Res, Meta> {
    request_id: Option<String>,
    metadata: MetadataMap,
    /// Since when the time of the call counts, if later calls are to carry what this one does.
    carries_since: Option<Instant>,
    call: BoxFuture<'static, Result<Operation<Res, Meta>, Status>>,
}

impl<Res, Meta> Starting<Res, Meta> {
    pub(super) fn new(
        request_id: Option<String>,
        metadata: MetadataMap,
        call: BoxFuture<'static, Result<Operation<Res, Meta>, Status>>,
    ) -> Self {
        Self { request_id, metadata, carries_since: None, call }
    }

    /// Has all later calls about the operation carry the metadata of this one. If this one has a time limit, it is the caller's time for the
    /// whole operation, counted from here: later calls and waits end with it.
    ///
    /// Metadata that interceptors add is added to all calls anyway.
    pub fn carry_metadata(mut self) -> Self {
        self.carries_since = Some(Instant::now());
        self
    }

    /// The id by which the server knows a repeat of this call (AIP-155): the caller's, or the one that the client has filled in. `None` if requests
    /// of the method have no such field.
    ///
    /// A process that writes the id down before it awaits the call can make the call again after a crash, with the same id, and
    /// gets the operation that the first call has started.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl<Res, Meta> Future for Starting<Res, Meta> {
    type Output = Result<Operation<Res, Meta>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let started = ready!(self.call.as_mut().poll(cx));
        if let (Ok(operation), Some(begin)) = (&started, self.carries_since) {
            operation.shared.carry(Carried::of(&self.metadata, begin));
        }
        Poll::Ready(started)
    }
}

impl<Res, Meta> fmt::Debug for Starting<Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Starting").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}
