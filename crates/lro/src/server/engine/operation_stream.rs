//! The answer of a method that returns a stream of operations.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use tonic::Status;

use super::watch::Watch;
use crate::google::longrunning::Operation;

/// The states of an operation as messages, for methods that answer with `stream google.longrunning.Operation`.
///
/// Generated servers answer with it where a method starts an operation. For a method that takes the name of one and
/// answers with its states, make it of [`Engine::watch`](crate::Engine::watch):
///
/// ```
/// use lro::google::longrunning::WaitOperationRequest;
/// use lro::{Engine, OperationStream};
/// use tonic::{Request, Response, Status};
///
/// async fn wait_execution(
///     engine: &Engine,
///     request: Request<WaitOperationRequest>,
/// ) -> Result<Response<OperationStream>, Status> {
///     let caller = engine.caller(&request)?;
///     Ok(Response::new(engine.watch(&caller, &request.get_ref().name)?.into()))
/// }
/// ```
///
/// What the items are and how it ends is as for [`Watch`]. Dropping it, as tonic does when the call goes away, does not stop
/// the work.
pub struct OperationStream {
    /// What is told before all that the watch sees.
    first: Option<Operation>,
    /// What was told last, for as long as the watch may say the same.
    told: Option<Operation>,
    rest: Option<Watch>,
}

impl OperationStream {
    /// The answer of a call that has started an operation: that, and what becomes of it.
    pub(crate) fn of_started(operation: Operation, rest: Option<Watch>) -> Self {
        Self { first: Some(operation), told: None, rest }
    }
}

impl From<Watch> for OperationStream {
    fn from(watch: Watch) -> Self {
        Self { first: None, told: None, rest: Some(watch) }
    }
}

impl Stream for OperationStream {
    type Item = Result<Operation, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            self.told = Some(first.clone());
            return Poll::Ready(Some(Ok(first)));
        }
        loop {
            let Some(rest) = self.rest.as_mut() else { return Poll::Ready(None) };
            let item = ready!(Pin::new(&mut *rest).poll_next(context));
            let item = item.map(|item| item.map(|view| rest.show(&view)));
            if !matches!((&item, self.told.take()), (Some(Ok(now)), Some(told)) if *now == told) {
                return Poll::Ready(item);
            }
        }
    }
}

impl FusedStream for OperationStream {
    fn is_terminated(&self) -> bool {
        self.first.is_none() && self.rest.as_ref().is_none_or(FusedStream::is_terminated)
    }
}

impl fmt::Debug for OperationStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationStream")
            .field("is_terminated", &self.is_terminated())
            .finish_non_exhaustive()
    }
}
