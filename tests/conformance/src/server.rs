//! Our server in this process.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use lro::store::Store;
use lro::{Caller, Engine};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tonic::Status;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;

use crate::fault::Fault;
use crate::faulty::FaultyLayer;
use crate::jobs::Jobs;
use crate::pb;
use crate::pb::jobs_lro::JobsLroServer;

/// Page tokens of one server have to be good for its replicas, and after a restart.
const PAGE_TOKEN_KEY: [u8; 32] = *b"a key that all replicas share...";

/// How long the end of a server is waited for.
const LONGEST_END: Duration = Duration::from_secs(10);

/// Our server in this process, on a runtime of its own. When this is dropped it ends as a process does that is killed: with all its
/// connections and all its work.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// There until the server is stopped.
    runtime: Option<Runtime>,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

impl Server {
    /// Serves from a store, at a free port unless it is told which, and with a fault if it is told one.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start(store: impl Store, port: u16, fault: Option<Fault>) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let address = runtime.spawn(serve(store, port, fault)).await??;
        Ok(Self { address, runtime: Some(runtime) })
    }

    /// Where it listens, such as `http://127.0.0.1:50051`.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port of its address.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Ends it, and returns when its port is free.
    pub async fn stop(mut self) {
        let runtime = self.runtime.take();
        let end = move || {
            if let Some(runtime) = runtime {
                runtime.shutdown_timeout(LONGEST_END);
            }
        };
        // It only fails if ending a runtime panics, which would show.
        drop(tokio::task::spawn_blocking(end).await);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Begins to serve, and returns where.
async fn serve(store: impl Store, port: u16, fault: Option<Fault>) -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let engine = Engine::builder(store)
        .page_token_key(PAGE_TOKEN_KEY)
        // Work of a process that was killed goes on soon.
        .lease(Duration::from_secs(2))
        .poll_interval(Duration::from_millis(200))
        .identify(|request| {
            let caller = request.metadata().get("x-caller").and_then(|caller| caller.to_str().ok());
            caller.map(Caller::new).ok_or_else(|| Status::unauthenticated("x-caller: say who you are"))
        })
        .build();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(pb::DESCRIPTORS)
        .build_v1()?;
    let routes = Routes::new(JobsLroServer::serve(Jobs, &engine))
        .add_service(engine.operations_server())
        .add_service(reflection);
    let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serving = tonic::transport::Server::builder()
        .layer(FaultyLayer::new(fault))
        .add_routes(routes)
        .serve_with_incoming(connections);
    // It ends with its runtime, and what goes wrong before, the suite sees.
    tokio::spawn(serving);
    Ok(address)
}
