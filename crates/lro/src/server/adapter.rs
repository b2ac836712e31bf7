//! What generated servers hand to the engine: the methods of the trait that the user implements.
//!
//! These calls are here once and generic, so that a generated server has one line per method. The futures are boxed here too: the compiler
//! then finds out once that they can be sent to other threads, not once per method of every service.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use prost::Message;
use tonic::{Request, Response, Status};

use super::access::Caller;
use super::context::Context;
use super::engine::{Engine, OperationStream};
use super::start::{self, Start};
use super::state::unwind::catch;
use crate::Method;
use crate::codegen::BoxFuture;
use crate::google::longrunning::Operation;

/// A start hook: an `async` function of a service and a request.
pub trait StartHook<'a, S: 'a, Req: 'a, Meta>: FnOnce(&'a S, &'a Request<Req>) -> Self::Future {
    /// What it returns.
    type Future: Future<Output = Result<Start<Meta>, Status>> + Send + 'a;
}

impl<'a, S: 'a, Req: 'a, Meta, F, Fut> StartHook<'a, S, Req, Meta> for F
where
    F: FnOnce(&'a S, &'a Request<Req>) -> Fut,
    Fut: Future<Output = Result<Start<Meta>, Status>> + Send + 'a,
{
    type Future = Fut;
}

/// The work of a method: an `async` function of a service, a request and the operation's context.
pub trait Work<'a, S: 'a, Req, Res, Meta>: Fn(&'a S, Req, Context<Meta>) -> Self::Future {
    /// What it returns.
    type Future: Future<Output = Result<Res, Status>> + Send + 'a;
}

impl<'a, S: 'a, Req, Res, Meta, F, Fut> Work<'a, S, Req, Res, Meta> for F
where
    F: Fn(&'a S, Req, Context<Meta>) -> Fut,
    Fut: Future<Output = Result<Res, Status>> + Send + 'a,
{
    type Future = Fut;
}

/// Keeps the long-running methods of a service registered with an engine: they are for as long as this lives, and
/// dropping it ends that. Work that is under way goes on.
///
/// `register` of a generated server returns it, for a process that works and serves nothing. Give it a name: `let _ =`
/// drops it at once.
#[derive(Debug)]
#[must_use = "dropping it ends the registration"]
pub struct Registration {
    _service: Arc<dyn Any + Send + Sync>,
}

impl Registration {
    /// The registration of a service whose methods are registered. Generated servers make it.
    #[doc(hidden)]
    pub fn new<S: Send + Sync + 'static>(service: Arc<S>) -> Self {
        Self { _service: service }
    }
}

/// Has `engine` do the operations of `method` with a method of the trait that `service` implements.
pub fn register_work<S, Req, Res, Meta, F>(
    engine: &Engine,
    method: Method<Req, Res, Meta>,
    service: &Arc<S>,
    run: F,
) where
    S: Send + Sync + 'static,
    Req: Message + Default + 'static,
    Res: Message + Default + 'static,
    Meta: Message + Default + 'static,
    F: for<'a> Work<'a, S, Req, Res, Meta> + Copy + Send + Sync + 'static,
{
    engine.register(method, service, move |service, request, operation| async move {
        run(&service, request, operation).await
    });
}

/// A future of the trait that the user implements, as tonic's trait has it.
pub fn boxed<'a, T>(future: impl Future<Output = T> + Send + 'a) -> BoxFuture<'a, T> {
    Box::pin(future)
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
pub fn accept_start<'a, S, Req, Res, Meta, H>(
    engine: &'a Engine,
    method: Method<Req, Res, Meta>,
    service: &'a S,
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
        let shared = engine.shared();
        let (caller, mut request) = shared.guard.identify(request)?;
        shared.guard.check_start(&caller, method.path(), None).await?;
        // For the hook to read, and so that nobody has to be asked again.
        request.extensions_mut().insert(caller.clone());
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
/// Those of [`accept_start`]. What goes wrong later is an item of the stream.
pub fn accept_stream<'a, S, Req, Res, Meta, H>(
    engine: &'a Engine,
    method: Method<Req, Res, Meta>,
    service: &'a S,
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
    let started = accept_start(engine, method, service, request, hook);
    Box::pin(async move {
        let operation = started.await?.into_inner();
        // Of what is done there is nothing more to see, and an answer to `validate_only` has no name. Whoever has
        // started an operation, or has joined it, sees what becomes of it.
        let rest =
            if operation.done { None } else { Some(engine.watch(&Caller::server(), &operation.name)?) };
        Ok(Response::new(OperationStream::of_started(operation, rest)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_keeps_the_service_until_it_is_dropped() {
        let service = Arc::new("a service");
        let seen = Arc::downgrade(&service);
        let registration = Registration::new(service);
        assert!(seen.upgrade().is_some());
        drop(registration);
        assert!(seen.upgrade().is_none());
    }
}
