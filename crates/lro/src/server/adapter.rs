//! What generated servers hand on: the methods of the trait that the user implements.
//!
//! Futures are boxed here: the compiler then finds out once that they can be sent to other threads, not once per method of every service.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use tonic::{Request, Status};

use super::context::Context;
use super::start::Start;
use crate::codegen::BoxFuture;

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

/// A future of the trait that the user implements, as tonic's trait has it.
pub fn boxed<'a, T>(future: impl Future<Output = T> + Send + 'a) -> BoxFuture<'a, T> {
    Box::pin(future)
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
