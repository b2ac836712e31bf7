//! The layer, as tower has it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceExt as _};

use super::backend::Backend;
use super::state::State;
use super::{OPERATIONS, START, answer, frame};
use crate::fault::Fault;

/// The server behind the layer.
pub(super) type Inner = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Puts a fault in front of a server, or nothing.
#[derive(Debug, Clone)]
pub(crate) struct FaultyLayer {
    fault: Option<Fault>,
    state: Arc<State>,
}

impl FaultyLayer {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        Self { fault, state: Arc::default() }
    }
}

impl<S> Layer<S> for FaultyLayer
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    type Service = Faulty;

    fn layer(&self, inner: S) -> Faulty {
        Faulty { layer: self.clone(), inner: BoxCloneSyncService::new(inner) }
    }
}

/// A server with a fault.
#[derive(Debug, Clone)]
pub(crate) struct Faulty {
    layer: FaultyLayer,
    inner: Inner,
}

impl Service<Request<Body>> for Faulty {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let path = request.uri().path().to_owned();
        let is_ours = path == START || path.starts_with(OPERATIONS);
        let inner = self.inner.clone();
        let Some(fault) = self.layer.fault.filter(|_| is_ours) else {
            return Box::pin(inner.oneshot(request));
        };
        let state = Arc::clone(&self.layer.state);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let answer = match frame::read(body).await {
                Ok((Some(message), _)) => {
                    answer(fault, &state, &Backend::new(inner, head.headers), &path, message).await
                }
                Ok((None, _)) => Err(Status::invalid_argument("there is no message")),
                Err(status) => Err(status),
            };
            Ok(frame::respond(answer))
        })
    }
}
