//! A server without a port.

use std::convert::Infallible;

use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::service::Routes;

use crate::Engine;

/// A server in the test's own process: its clients call it without a port, a connection or a task in between.
///
/// It has `google.longrunning.Operations` from the start; the other services are added as to tonic's own `Server`. Clones
/// are the same server, and share its engine.
///
/// Compression, the size limits of messages and interceptors are there, as they belong to services and clients.
/// What belongs to connections is not: timeouts, concurrency limits and layers of tonic's `Server`.
#[derive(Debug, Clone)]
pub struct Server {
    routes: Routes,
}

impl Server {
    /// A server that answers for the operations of `engine`.
    pub fn new(engine: &Engine) -> Self {
        Self { routes: Routes::new(engine.operations_server()) }
    }

    /// Adds a service: what `serve` of a generated server makes, or another one of tonic's.
    #[must_use = "the service is added to the server that this returns"]
    pub fn add_service<S>(mut self, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.routes = self.routes.add_service(service);
        self
    }

    /// What clients are made of: generated ones of this project, `lro::Client`, and tonic's own.
    pub fn transport(&self) -> Routes {
        self.routes.clone()
    }
}
