//! The calls about one operation.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use tonic::Request;

use super::Shared;
use super::feed::Feed;
use crate::client::codec::read;
use crate::client::failure::{RpcFailure, status};
use crate::client::header;
use crate::google::longrunning::Operation;
use crate::operation_rpcs::OperationRpc;
use crate::{OperationRpcs, RetryPolicy, Routing};

impl Shared {
    /// Asks for the operation as it is. If no RPC answers that, a stream does with the first that it says.
    pub(in crate::client) async fn get(
        &self,
        rpcs: &'static OperationRpcs,
        time_limit: Option<Duration>,
    ) -> Result<Operation, RpcFailure> {
        let Some(rpc) = rpcs.get() else {
            let (first, feed) = self.open(rpcs).await?;
            self.feed_by(feed);
            return Ok(first);
        };
        let mut request = self.request((rpc.request)(self.name.clone()));
        if let Some(limit) = time_limit {
            limit_to(&mut request, limit);
        }
        self.ask(rpcs, rpc.path, request).await
    }

    /// Asks for the operation as it is, because the caller wants to know.
    pub(in crate::client) async fn look(
        &self,
        rpcs: &'static OperationRpcs,
        retry: &RetryPolicy,
    ) -> Result<Operation, RpcFailure> {
        once_more(retry, || self.get(rpcs, None)).await
    }

    /// Asks the server to answer when the operation ends, or after `hold` if it has not ended by then.
    pub(in crate::client) async fn wait(
        &self,
        rpcs: &'static OperationRpcs,
        hold: Duration,
        time_limit: Duration,
    ) -> Result<Operation, RpcFailure> {
        let rpc = rpcs.wait().ok_or_else(|| RpcFailure::missing("WaitOperation"))?;
        let hold = prost_types::Duration::try_from(hold).ok();
        let mut request = self.request((rpc.request)(self.name.clone(), hold));
        limit_to(&mut request, time_limit);
        self.ask(rpcs, rpc.path, request).await
    }

    /// Opens a stream of the operation's states, and returns the first of them.
    pub(in crate::client) async fn open(
        &self,
        rpcs: &'static OperationRpcs,
    ) -> Result<(Operation, Feed), RpcFailure> {
        let rpc = rpcs.watch().ok_or_else(|| RpcFailure::missing("GetOperation"))?;
        let request = self.request((rpc.request)(self.name.clone()));
        let opened = async {
            let stream = self.client.stream_of_operation(rpc.path, request).await?;
            Feed::begin(stream, rpcs, rpc.path).await
        };
        opened.await.map_err(RpcFailure::of(rpc.path))
    }

    pub(in crate::client) async fn cancel(&self, rpcs: &OperationRpcs) -> Result<(), RpcFailure> {
        self.tell(rpcs.cancel(), "CancelOperation").await
    }

    pub(in crate::client) async fn delete(&self, rpcs: &OperationRpcs) -> Result<(), RpcFailure> {
        self.tell(rpcs.delete(), "DeleteOperation").await
    }

    async fn ask(
        &self,
        rpcs: &OperationRpcs,
        path: &'static str,
        request: Request<Bytes>,
    ) -> Result<Operation, RpcFailure> {
        let answer = self.client.about_operation(path, request).await.and_then(|answer| read(rpcs, answer));
        answer.map_err(RpcFailure::of(path))
    }

    /// Makes a call whose answer says nothing.
    async fn tell(&self, rpc: Option<OperationRpc>, missing: &'static str) -> Result<(), RpcFailure> {
        let OperationRpc { path, request } = rpc.ok_or_else(|| RpcFailure::missing(missing))?;
        let tell = || async move {
            let told = self.client.about_operation(path, self.request(request(self.name.clone()))).await;
            told.map(drop).map_err(RpcFailure::of(path))
        };
        once_more(&self.client.retry_policy(), tell).await
    }

    fn request(&self, message: Vec<u8>) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from(message));
        if let Some(carried) = self.carried() {
            *request.metadata_mut() = carried.metadata.clone();
            if let Some(deadline) = carried.deadline {
                request.set_timeout(deadline.saturating_duration_since(Instant::now()));
            }
        }
        if self.is_routed() {
            header::add_routing(&mut request, &Routing::new().field("name", &self.name));
        }
        request
    }
}

/// Makes a call, and makes it once more if it is refused because of its token.
async fn once_more<T, F>(retry: &RetryPolicy, call: impl Fn() -> F) -> Result<T, RpcFailure>
where
    F: Future<Output = Result<T, RpcFailure>>,
{
    // In a box, because a call takes more room than all else that a handle does.
    match Box::pin(call()).await {
        Err(failure) if status::may_have_new_token(retry, &failure.status) => Box::pin(call()).await,
        answer => answer,
    }
}

/// Limits the time of a call, unless the caller's time is over before.
fn limit_to(request: &mut Request<Bytes>, time_limit: Duration) {
    let is_shorter = header::timeout(request.metadata()).is_some_and(|own| own < time_limit);
    if !is_shorter {
        request.set_timeout(time_limit);
    }
}
