//! What a generated server holds, and what it does with it.
//!
//! These calls are here once and generic, so that a generated server has one line per method.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use prost::Message;
use tonic::{Request, Response, Status};

use super::access::Caller;
use super::adapter::{Registration, StartHook, Work};
use super::engine::{Engine, OperationStream};
use super::start;
use super::state::unwind::catch;
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

/// Has the engine do the operations of `method` with a method of the trait that the service implements. The descriptors are those of
/// [`Method::with_descriptors`].
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
    let engine = serving.engine.as_engine();
    engine.register(method, &serving.service, move |service, request, operation| async move {
        run(&service, request, operation).await
    });
}

/// Answers a request that starts an operation: with the one that [`Engine::start`] makes of what `hook` says.
///
/// If the hook refuses a request that has started an operation before, that operation is the answer: a hook may well
/// refuse what it has admitted once, such as a second import into one shelf.
///
/// The hook finds the [`Caller`] among the extensions of the request.
///
/// # Errors
/// That of the hook, INTERNAL when it panics, and those of [`Engine::start`].
///
/// The future may be dropped at any time; whether an operation was started is then unknown to the caller.
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
    Box::pin(async move {
        let engine = serving.engine.as_engine();
        let shared = engine.shared();
        let (caller, mut request) = shared.guard.identify(request)?;
        shared.guard.check_start(&caller, method.path(), None).await?;
        // For the hook to read, and so that nobody has to be asked again.
        request.extensions_mut().insert(caller.clone());
        let service = &*serving.service;
        let refused = match catch(async { hook(service, &request).await }).await {
            Ok(Ok(start)) => return engine.start(method, request, start).await,
            Ok(Err(status)) => status,
            Err(panic) => {
                tracing::error!(method = method.path(), panic, "the start hook panicked");
                return Err(shared.errors.hook_panicked());
            }
        };
        let first = start::find(shared, method, &caller, request.get_ref()).await?;
        first.map(Response::new).ok_or(refused)
    })
}

/// Likewise for a method that answers with a stream of operations: the one that was started, and what becomes of it. When the
/// call goes away, the work goes on.
///
/// # Errors
/// Those of [`start_operation`]. What goes wrong later is an item of the stream.
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
    let started = start_operation(serving, method, request, hook);
    Box::pin(async move {
        let operation = started.await?.into_inner();
        // Of what is done there is nothing more to see, and an answer to `validate_only` has no name. Whoever has
        // started an operation, or has joined it, sees what becomes of it.
        let engine = serving.engine.as_engine();
        let rest =
            if operation.done { None } else { Some(engine.watch(&Caller::server(), &operation.name)?) };
        Ok(Response::new(OperationStream::of_started(operation, rest)))
    })
}
