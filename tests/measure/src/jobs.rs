//! A service with one long-running method on an engine.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lro::codegen::{Serving, register_method, start_operation};
use lro::{Caller, Context, Engine, EngineBuilder, Method, Start};
use tokio::sync::oneshot;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::Outcome;
use crate::rpc::{Done, Job, START_PATH, StartServer, serve};

/// The method.
pub const START: Method<Job, Done, ()> =
    Method::new(START_PATH, "bench.Job", "bench.Done", "google.protobuf.Empty");

/// A job of this text is not done before somebody lets it. All others end at once, with their text.
pub const HELD: &str = "held";

/// An engine, connections to its server, and what its handlers share.
#[derive(Debug)]
pub struct Jobs {
    /// The engine.
    pub engine: Engine,
    /// Connections to its server; none if it does not serve.
    pub connections: Vec<Channel>,
    service: Arc<Service>,
}

#[derive(Debug, Default)]
struct Service {
    held: Mutex<HashMap<String, oneshot::Sender<()>>>,
}

impl Jobs {
    /// An engine that does the work and serves nothing.
    pub fn new(builder: EngineBuilder) -> Self {
        let (engine, service) = (builder.build(), Arc::new(Service::default()));
        register_method(
            &Serving::new(Arc::clone(&service), &engine),
            START,
            START.descriptors(),
            Service::run,
        );
        Self { engine, connections: Vec::new(), service }
    }

    /// An engine that serves on loopback.
    ///
    /// # Errors
    /// There is no port, or it cannot be connected to.
    pub async fn connect(builder: EngineBuilder) -> Outcome<Self> {
        let jobs = Self::new(builder);
        let serving = Arc::new(Serving::new(Arc::clone(&jobs.service), &jobs.engine));
        let start = move |request: Request<Job>| {
            let serving = Arc::clone(&serving);
            async move {
                start_operation(&serving, START, request, |_: &Service, _: &Request<Job>| {
                    ready(Ok(Start::new()))
                })
                .await
            }
        };
        let routes = Routes::new(jobs.engine.operations_server()).add_service(StartServer(start));
        Ok(Self { connections: serve(routes).await?, ..jobs })
    }

    /// Lets a held job end; whether its handler has begun.
    pub fn let_go(&self, name: &str) -> bool {
        let job = self.service.held().remove(name);
        job.is_some_and(|job| job.send(()).is_ok())
    }
}

/// Starts an operation without a network, and waits until it is done.
///
/// # Errors
/// It could not be started or watched, or it ends with an error.
pub async fn start_to_done(engine: &Engine, text: String) -> Result<(), Status> {
    let started = engine.start(START, Request::new(Job { text }), Start::new()).await?.into_inner();
    let mut states = engine.watch(&Caller::server(), &started.name)?;
    while let Some(state) = states.next().await {
        if state?.is_done() {
            return Ok(());
        }
    }
    Err(Status::unavailable("the engine has stopped"))
}

impl Service {
    fn held(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<()>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(&self, job: Job, operation: Context<()>) -> Result<Done, Status> {
        if job.text == HELD {
            let (let_go, held) = oneshot::channel();
            self.held().insert(operation.name().to_owned(), let_go);
            // The sender is dropped at the end of the bench only.
            let _ = held.await;
        }
        Ok(Done { text: job.text })
    }
}
