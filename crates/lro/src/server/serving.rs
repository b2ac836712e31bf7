//! What a generated server holds, and what it does with it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use prost::Message;
use tonic::{Request, Response, Status};

use super::adapter::{Registration, StartHook, Work, accept_start, accept_stream, register_work};
use super::engine::{Engine, OperationStream};
use crate::Method;
use crate::codegen::BoxFuture;
use crate::google::longrunning::Operation;

/// A service, and the engine that does its operations.
///
/// The engine is behind a trait object. tonic asks of a server that it can be sent to other threads, and for each generated server the
/// compiler would look through all that an engine consists of to see that.
pub struct Serving<S> {
    service: Arc<S>,
    engine: Arc<dyn AsEngine>,
}

trait AsEngine: Send + Sync {
    fn as_engine(&self) -> &Engine;
}

impl AsEngine for Engine {
    fn as_engine(&self) -> &Engine {
        self
    }
}

impl<S> Serving<S> {
    /// Has `engine` do the operations of `service`, once its methods are registered.
    pub fn new(service: Arc<S>, engine: &Engine) -> Self {
        Self { service, engine: Arc::new(engine.clone()) }
    }

    /// Serves nothing, and keeps the methods registered for as long as the answer lives.
    pub fn into_registration(self) -> Registration
    where
        S: Send + Sync + 'static,
    {
        Registration::new(self.service)
    }
}

impl<S> Deref for Serving<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.service
    }
}

impl<S: fmt::Debug> fmt::Debug for Serving<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serving")
            .field("service", &self.service)
            .field("engine", self.engine.as_engine())
            .finish()
    }
}

/// As [`register_work`]. The descriptors are those of [`Method::with_descriptors`].
pub fn register_method<S, Req, Res, Meta, F>(
    serving: &Serving<S>,
    method: Method<Req, Res, Meta>,
    descriptors: &'static [u8],
    run: F,
) where
    S: Send + Sync + 'static,
    Req: Message + Default + 'static,
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
    F: for<'a> Work<'a, S, Req, Res, Meta> + Copy + Send + Sync + 'static,
{
    let method = method.with_descriptors(descriptors);
    register_work(serving.engine.as_engine(), method, &serving.service, run);
}

/// As [`accept_start`].
///
/// # Errors
/// Those of [`accept_start`].
pub fn start_operation<'a, S, Req, Res, Meta, H>(
    serving: &'a Serving<S>,
    method: Method<Req, Res, Meta>,
    request: Request<Req>,
    hook: H,
) -> BoxFuture<'a, Result<Response<Operation>, Status>>
where
    S: Send + Sync + 'static,
    Req: Message + Default + PartialEq + 'static,
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
    H: for<'b> StartHook<'b, S, Req, Meta> + Send + 'a,
{
    accept_start(serving.engine.as_engine(), method, &*serving.service, request, hook)
}

/// As [`accept_stream`].
///
/// # Errors
/// Those of [`accept_stream`].
pub fn stream_operation<'a, S, Req, Res, Meta, H>(
    serving: &'a Serving<S>,
    method: Method<Req, Res, Meta>,
    request: Request<Req>,
    hook: H,
) -> BoxFuture<'a, Result<Response<OperationStream>, Status>>
where
    S: Send + Sync + 'static,
    Req: Message + Default + PartialEq + 'static,
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
    H: for<'b> StartHook<'b, S, Req, Meta> + Send + 'a,
{
    accept_stream(serving.engine.as_engine(), method, &*serving.service, request, hook)
}
