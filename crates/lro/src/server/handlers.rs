//! Which method is done by which function.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use lro_store::Payload;
use prost::Message;
use tonic::Status;

use super::context::{Attempt, Context};
use super::convert;
use crate::{Method, payload};

type Function = dyn Fn(Arc<Attempt>, Payload) -> Option<Work> + Send + Sync;

/// The work of one attempt: from a request to a packed response.
pub(super) type Work = Pin<Box<dyn Future<Output = Result<Payload, Status>> + Send>>;

/// The function that does the work of one method, without its types.
#[derive(Clone)]
pub(super) struct Handler {
    function: Arc<Function>,
    lives: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl Handler {
    /// A handler that holds its service only while it works: a service may hold the engine, so the engine must not
    /// hold the service.
    pub(super) fn new<S, Req, Res, Meta, F, Fut>(
        method: Method<Req, Res, Meta>,
        service: &Arc<S>,
        run: F,
    ) -> Self
    where
        S: Send + Sync + 'static,
        Req: Message + Default + 'static,
        Res: Message + 'static,
        Meta: Message + Default + 'static,
        F: Fn(Arc<S>, Req, Context<Meta>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Res, Status>> + Send + 'static,
    {
        let (run, weak) = (Arc::new(run), Arc::downgrade(service));
        let lives = {
            let weak = Weak::clone(&weak);
            Arc::new(move || weak.strong_count() > 0)
        };
        let function = Arc::new(move |attempt: Arc<Attempt>, request: Payload| {
            let (run, service) = (Arc::clone(&run), weak.upgrade()?);
            // All of it happens inside of the future, also the call: a panic anywhere is then the work's.
            let work: Work = Box::pin(async move {
                let request = convert::unpack(method.request_type(), &request)
                    .map_err(|error| attempt.errors.undecodable_request(&error))?;
                let context = Context::new(attempt, method.metadata_type());
                let response = run(service, request, context).await?;
                Ok(convert::to_payload(payload::pack(method.response_type(), &response)))
            });
            Some(work)
        });
        Self { function, lives }
    }

    /// Does the work of one attempt; `None` if the service is gone.
    pub(super) fn call(&self, attempt: Arc<Attempt>, request: Payload) -> Option<Work> {
        (self.function)(attempt, request)
    }

    fn lives(&self) -> bool {
        (self.lives)()
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}

/// The handlers of an engine, by the path of their method.
#[derive(Debug, Default)]
pub(super) struct Handlers(RwLock<BTreeMap<Arc<str>, Handler>>);

impl Handlers {
    /// Adds a handler.
    ///
    /// # Panics
    /// When the method has one already whose service still exists.
    pub(super) fn insert(&self, path: &str, handler: Handler) {
        let mut handlers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let taken = handlers.get(path).is_some_and(Handler::lives);
        if !taken {
            handlers.insert(path.into(), handler);
        }
        drop(handlers);
        assert!(!taken, "{path} is registered with this engine already; register each method once");
    }

    pub(super) fn get(&self, path: &str) -> Option<Handler> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// The shared form of a path that has a handler.
    pub(super) fn path(&self, path: &str) -> Option<Arc<str>> {
        let handlers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (path, _) = handlers.get_key_value(path).filter(|(_, handler)| handler.lives())?;
        Some(Arc::clone(path))
    }

    /// The paths of all methods that have a handler, in their order.
    pub(super) fn paths(&self) -> Vec<Arc<str>> {
        let handlers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let living = handlers.iter().filter(|(_, handler)| handler.lives());
        living.map(|(path, _)| Arc::clone(path)).collect()
    }
}
