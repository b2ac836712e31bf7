//! Which method is done by which function.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use lro_store::{Payload, Record};
use prost::Message;
use tonic::Status;

use super::inner::Inner;
use super::runs::Run;
use super::{Context, convert};
use crate::{Method, payload};

type Function = dyn Fn(Arc<Inner>, Arc<Run>, Record) -> Work + Send + Sync;
type Work = Pin<Box<dyn Future<Output = Result<Payload, Status>> + Send>>;

/// The function that does the work of one method, without its types: from a record with a request to a packed
/// response.
#[derive(Clone)]
pub(super) struct Handler(Arc<Function>);

impl Handler {
    pub(super) fn new<S, Req, Res, Meta, F, Fut>(
        method: Method<Req, Res, Meta>,
        service: Arc<S>,
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
        let run = Arc::new(run);
        Self(Arc::new(move |inner, attempt, record| {
            let (run, service) = (Arc::clone(&run), Arc::clone(&service));
            // All of it happens inside of the future, also the call: a panic anywhere is then the work's.
            Box::pin(async move {
                let request = payload::unpack(method.request_type(), convert::to_any(record.request()))
                    .map_err(|error| inner.errors.undecodable_request(&error))?;
                let context = Context::new(inner, attempt, method.metadata_type(), &record);
                let response = run(service, request, context).await?;
                Ok(convert::to_payload(payload::pack(method.response_type(), &response)))
            })
        }))
    }

    /// Does the work of one attempt.
    pub(super) fn call(&self, inner: Arc<Inner>, run: Arc<Run>, record: Record) -> Work {
        (self.0)(inner, run, record)
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}

/// The handlers of an engine, by the path of their method.
#[derive(Debug, Default)]
pub(super) struct Handlers(RwLock<HashMap<Arc<str>, Handler>>);

impl Handlers {
    pub(super) fn insert(&self, path: &str, handler: Handler) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(path.into(), handler);
    }

    pub(super) fn get(&self, path: &str) -> Option<Handler> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// The shared form of a path that has a handler.
    pub(super) fn path(&self, path: &str) -> Option<Arc<str>> {
        let handlers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        handlers.get_key_value(path).map(|(path, _)| Arc::clone(path))
    }

    /// The paths of all methods that have a handler.
    pub(super) fn paths(&self) -> Vec<Arc<str>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}
