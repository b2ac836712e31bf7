//! Which method is done by which function.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    service: Service,
}

/// The service that a handler belongs to, without its type.
#[derive(Clone)]
struct Service {
    /// Where it is. Nothing else is there while it exists.
    address: usize,
    /// How many hold it, the work under way among them.
    holders: Arc<dyn Fn() -> usize + Send + Sync>,
    works: Works,
}

/// How much work of one service is under way, whatever its method.
#[derive(Clone, Default)]
pub(super) struct Works(Arc<AtomicUsize>);

/// Counts as work until it is dropped.
struct Working(Works);

impl Works {
    fn begin(&self) -> Working {
        self.0.fetch_add(1, Ordering::SeqCst);
        Working(self.clone())
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Handler {
    /// A handler that holds its service only while it works: a service may hold the engine, so the engine must not
    /// hold the service.
    pub(super) fn new<S, Req, Res, Meta, F, Fut>(
        method: Method<Req, Res, Meta>,
        service: &Arc<S>,
        works: Works,
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
        let holders = {
            let weak = Weak::clone(&weak);
            Arc::new(move || weak.strong_count())
        };
        let erased = Service { address: address(service), holders, works: works.clone() };
        let function = Arc::new(move |attempt: Arc<Attempt>, request: Payload| {
            let (run, service) = (Arc::clone(&run), weak.upgrade()?);
            let working = works.begin();
            // All of it happens inside of the future, also the call: a panic anywhere is then the work's.
            let work: Work = Box::pin(async move {
                let request = convert::unpack(method.request_type(), &request)
                    .map_err(|error| attempt.errors.undecodable_request(&error))?;
                let context = Context::new(attempt, method.metadata_type());
                let response = run(service, request, context).await;
                // Not before the work has let go of the service.
                drop(working);
                let response = response?;
                Ok(convert::to_payload(payload::pack(method.response_type(), &response)))
            });
            Some(work)
        });
        Self { function, service: erased }
    }

    /// Does the work of one attempt; `None` if the service is gone.
    pub(super) fn call(&self, attempt: Arc<Attempt>, request: Payload) -> Option<Work> {
        (self.function)(attempt, request)
    }

    /// Whether the service exists.
    fn exists(&self) -> bool {
        (self.service.holders)() > 0
    }

    /// Whether anything but its own work holds the service, which would else keep itself going for ever where there is
    /// always more to do.
    fn is_wanted(&self) -> bool {
        // Work that ends on another thread lets go a moment before it no longer counts.
        const LOOKS: usize = 100;
        (0..LOOKS).any(|_| {
            let is_wanted = (self.service.holders)() > self.service.works.count();
            if !is_wanted {
                std::hint::spin_loop();
            }
            is_wanted
        })
    }
}

fn address<S>(service: &Arc<S>) -> usize {
    Arc::as_ptr(service).cast::<()>().addr()
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
    /// The count of the work of a service, which all of its handlers share.
    pub(super) fn works_of<S>(&self, service: &Arc<S>) -> Works {
        let handlers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let is_of = |handler: &&Handler| handler.service.address == address(service) && handler.exists();
        handlers.values().find(is_of).map(|handler| handler.service.works.clone()).unwrap_or_default()
    }

    /// Adds a handler.
    ///
    /// # Panics
    /// When the method has one already whose service still exists.
    pub(super) fn insert(&self, path: &str, handler: Handler) {
        let mut handlers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let taken = handlers.get(path).is_some_and(Handler::exists);
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
        let (path, _) = handlers.get_key_value(path).filter(|(_, handler)| handler.exists())?;
        Some(Arc::clone(path))
    }

    /// The paths of all methods for which work may be looked for, in their order.
    pub(super) fn paths(&self) -> Vec<Arc<str>> {
        let handlers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let wanted = handlers.iter().filter(|(_, handler)| handler.is_wanted());
        wanted.map(|(path, _)| Arc::clone(path)).collect()
    }
}
