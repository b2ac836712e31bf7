//! From a client to the server, without a port.

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::Semaphore;
use tonic::ConnectError;
use tonic::body::Body;
use tonic::codegen::{Service, StdError, http};

use super::answer::{answer, cut, foreign};
use super::fault::{Effect, Fault, meet};
use super::request;
use super::shared::{Shared, lock};

/// What [`ScriptedServer::transport`](super::ScriptedServer::transport) makes: the way to the server, in place of a channel.
///
/// A call that is dropped is dropped at the server too, and gives its stream back.
#[derive(Clone)]
pub struct ScriptedTransport {
    server: Arc<Shared>,
    streams: Option<Arc<Semaphore>>,
}

impl ScriptedTransport {
    pub(super) fn new(server: Arc<Shared>, streams: Option<usize>) -> Self {
        let streams = streams.map(|streams| Arc::new(Semaphore::new(streams.min(Semaphore::MAX_PERMITS))));
        Self { server, streams }
    }

    async fn carry(self, request: http::Request<Body>) -> Result<http::Response<Body>, StdError> {
        let _stream = match &self.streams {
            Some(streams) => Some(streams.acquire().await?),
            None => None,
        };
        self.server.serve(request).await
    }
}

impl Service<http::Request<Body>> for ScriptedTransport {
    type Response = http::Response<Body>;
    type Error = StdError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, StdError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), StdError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.clone().carry(request))
    }
}

impl Shared {
    async fn serve(&self, request: http::Request<Body>) -> Result<http::Response<Body>, StdError> {
        let (call, asks) = match request::read(request, self.start.elapsed()).await {
            Ok(read) => read,
            Err(status) => return Ok(answer(Err(status))),
        };
        let path = call.path.clone();
        let met = meet(&mut lock(&self.faults), &call);
        let number = {
            let calls = &mut lock(&self.state).calls;
            calls.push(call);
            calls.len() - 1
        };
        let Some(Fault { effect, executes, delay, .. }) = met else {
            return Ok(answer(self.execute(&path, asks, number).await));
        };
        tokio::time::sleep(delay).await;
        let executed = if executes { self.execute(&path, asks, number).await } else { Ok(Vec::new()) };
        match effect {
            Effect::Answer => Ok(answer(executed)),
            Effect::Status(status) => Ok(answer(Err(status))),
            Effect::Http { code, content_type, body } => Ok(foreign(code, content_type, body)),
            Effect::Cut(place) => Ok(cut(executed, place)),
            Effect::Hang => pending().await,
            Effect::Unreachable(message) => {
                Err(Box::new(ConnectError(io::Error::new(io::ErrorKind::ConnectionRefused, message).into())))
            }
            Effect::Transport(message) => Err(io::Error::other(message).into()),
        }
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedTransport").field("streams", &self.streams).finish_non_exhaustive()
    }
}
