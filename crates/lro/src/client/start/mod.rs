//! The calls that start operations.

mod starting;

use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use tokio::time::{Instant, sleep};
use tonic::metadata::MetadataMap;
use tonic::{Extensions, Request, Status};

pub use self::starting::Starting;
use super::codec::{Encoded, encoded, read};
use super::failure::status;
use super::operation::RawOperation;
use super::pause::Backoff;
use super::shared::feed::Feed;
use super::{Client, header};
use crate::google::longrunning::Operation;
use crate::{Method, OperationRpcs, RetryPolicy};

impl Client {
    /// Calls `method`, and returns the handle of the operation that it starts.
    ///
    /// If requests of the method carry an id by which the server recognises a repeated request (AIP-155), and
    /// this request has none, the client fills in a random UUID. [`Starting::request_id`] tells it before the call is made. With an id,
    /// a call that fails with UNAVAILABLE, or whose answer is lost, is made again ([`Method::with_retry`]); the answer is then the first one's. Without an
    /// id it is made once. A call that is refused as UNAUTHENTICATED is made once more in any case: the server has done nothing, and interceptors renew
    /// their tokens.
    ///
    /// If the future is dropped before it is ready, the call is dropped too, and the operation may have been
    /// started or not. A caller that knows the id can safely repeat the call with the same id.
    ///
    /// A time limit of the request ([`Request::set_timeout`]) counts for all tries together, and is the method's
    /// ([`Method::with_timeout`]) where the request has none.
    ///
    /// # Errors
    ///
    /// The RPC's own error, which means that no operation was started (AIP-151). A failure of the work itself
    /// is an outcome of the operation, see [`Operation::wait`](super::Operation::wait).
    pub fn start<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        request: Request<Req>,
    ) -> Starting<Res, Meta>
    where
        Req: Message + 'static,
        Res: 'static,
        Meta: 'static,
    {
        self.starting(method, request, false)
    }

    /// Calls `method`, which answers with a stream of the operation's states, and returns the handle of the operation that
    /// it starts.
    ///
    /// Is ready with the first state. The handle waits by the stream for as long as there is one, and by the method's
    /// [`OperationRpcs`] when the stream has broken. Dropping all handles of the operation ends the
    /// stream.
    ///
    /// Otherwise this is as [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// The RPC's own error, also when it comes as the first item of the stream; UNAVAILABLE if the stream ends before it.
    pub fn start_streaming<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        request: Request<Req>,
    ) -> Starting<Res, Meta>
    where
        Req: Message + 'static,
        Res: 'static,
        Meta: 'static,
    {
        self.starting(method, request, true)
    }

    /// What does not depend on the types is done once for all methods.
    fn starting<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        mut request: Request<Req>,
        streams: bool,
    ) -> Starting<Res, Meta>
    where
        Req: Message + 'static,
        Res: 'static,
        Meta: 'static,
    {
        method.fill_request_id(request.get_mut(), header::random_id);
        if let Some(routing) = method.routing(request.get_ref()) {
            header::add_routing(&mut request, &routing);
        }
        let request_id = method.request_id(request.get_ref()).map(str::to_owned);
        let begun = Begun {
            client: self.clone(),
            path: method.path(),
            rpcs: method.rpcs(),
            streams,
            retry: if request_id.is_some() { method.retry() } else { RetryPolicy::never() },
            timeout: header::timeout(request.metadata()).or(method.timeout()),
        };
        let metadata = request.metadata().clone();
        let call = begun.run(encoded(request));
        let known_id = request_id.clone();
        let call = async move { Ok(call.await?.typed(method).started_with(known_id.as_deref())) };
        Starting::new(request_id, metadata, Box::pin(call))
    }
}

/// A call that starts an operation.
struct Begun {
    client: Client,
    path: &'static str,
    rpcs: &'static OperationRpcs,
    streams: bool,
    retry: RetryPolicy,
    /// How long all tries may take together.
    timeout: Option<Duration>,
}

impl Begun {
    async fn run(self, request: Request<Bytes>) -> Result<RawOperation, Status> {
        let begin = Instant::now();
        let deadline = self.timeout.and_then(|timeout| begin.checked_add(timeout));
        let (metadata, extensions, message) = request.into_parts();
        let mut tries = 0;
        let mut backoff = Backoff::default();
        loop {
            let mut request = same(&metadata, &extensions, message.clone());
            if let Some(deadline) = deadline {
                request.set_timeout(deadline.saturating_duration_since(Instant::now()));
            }
            tries += 1;
            let failed = match self.once(request).await {
                Ok((operation, feed)) => {
                    let handle = RawOperation::raw(self.client, operation.name.clone(), Some(operation));
                    if let Some(feed) = feed {
                        handle.shared.feed_by(feed);
                    }
                    return Ok(handle);
                }
                Err(status) => status,
            };
            if tries == 1 && status::may_have_new_token(&self.client.retry_policy(), &failed) {
                continue;
            }
            let pause = backoff.after(&self.retry, self.client.random());
            let pause = pause.max(status::retry_delay(&failed).unwrap_or_default());
            let next = begin.elapsed().saturating_add(pause);
            let may_pass = status::is_lost(&failed) || self.retry.retries(failed.code());
            let limit = self.retry.total_timeout().min(self.timeout.unwrap_or(Duration::MAX));
            if !may_pass || tries >= self.retry.max_attempts() || next >= limit {
                return Err(failed);
            }
            tracing::debug!(rpc.method = self.path, tries, code = ?failed.code(), error = failed.message(), ?pause, "starts again");
            sleep(pause).await;
        }
    }

    async fn once(&self, request: Request<Bytes>) -> Result<(Operation, Option<Feed>), Status> {
        let inner = &self.client.inner;
        if self.streams {
            let stream = inner.stream(&inner.transport, self.path, request).await?;
            let (first, feed) = Feed::begin(stream, self.rpcs, self.path).await?;
            return Ok((first, Some(feed)));
        }
        let answer = inner.unary(inner.transport.clone(), self.path, request, Encoded).await?;
        Ok((read(self.rpcs, answer.into_inner())?, None))
    }
}

/// One more request of the same content.
fn same(metadata: &MetadataMap, extensions: &Extensions, message: Bytes) -> Request<Bytes> {
    Request::from_parts(metadata.clone(), extensions.clone(), message)
}
