//! The subject: a server with an engine.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lro::codegen::{accept_start, register_work};
use lro::{Context, Engine, EngineBuilder, Method, Start};
use tokio::sync::oneshot;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::Outcome;
use crate::rpc::{Done, Job, START_PATH, StartServer, serve};

const START: Method<Job, Done, ()> =
    Method::new(START_PATH, "bench.Job", "bench.Done", "google.protobuf.Empty");

/// A job of this text is not done before somebody lets it.
pub(crate) const HELD: &str = "held";

/// A server and what its handlers share.
#[derive(Debug)]
pub(crate) struct Jobs {
    pub(crate) engine: Engine,
    pub(crate) connections: Vec<Channel>,
    service: Arc<Service>,
}

#[derive(Debug, Default)]
struct Service {
    held: Mutex<HashMap<String, oneshot::Sender<()>>>,
}

impl Jobs {
    pub(crate) async fn connect(builder: EngineBuilder) -> Outcome<Self> {
        let (engine, service) = (builder.build(), Arc::new(Service::default()));
        register_work(&engine, START, &service, Service::run);
        let start = {
            let (engine, service) = (engine.clone(), Arc::clone(&service));
            move |request: Request<Job>| {
                let (engine, service) = (engine.clone(), Arc::clone(&service));
                async move {
                    accept_start(&engine, START, &*service, request, |_: &Service, _: &Request<Job>| {
                        ready(Ok(Start::new()))
                    })
                    .await
                }
            }
        };
        let connections =
            serve(Routes::new(engine.operations_server()).add_service(StartServer(start))).await?;
        Ok(Self { engine, connections, service })
    }

    /// Lets a held job end; whether its handler has begun.
    pub(crate) fn let_go(&self, name: &str) -> bool {
        let job = self.service.held().remove(name);
        job.is_some_and(|job| job.send(()).is_ok())
    }
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
