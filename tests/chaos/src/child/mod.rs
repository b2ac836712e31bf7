//! A process of the run: an engine on the shared store, and if clients are to reach it, a server.

mod server;
mod service;

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lro::Engine;
use lro::codegen::{Serving, register_method};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use self::server::JobsServer;
use self::service::Service;
use crate::job::WORK;
use crate::log::Log;
use crate::settings::Settings;
use crate::store::Target;

/// What a process is told when it begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) process: u32,
    /// Whether clients are to reach it.
    pub(crate) serves: bool,
    /// How many operations it runs at a time; with 0, others do the work.
    pub(crate) concurrency: usize,
    pub(crate) store: Target,
    pub(crate) settings: Settings,
    /// Where it writes its log.
    pub(crate) folder: PathBuf,
    /// The time that its log counts from.
    pub(crate) origin: u64,
}

/// Runs a process until it is asked to end, or killed.
///
/// # Errors
/// When the configuration cannot be read, or there is no port, or no store for a long time.
pub async fn run(config: &str) -> Result<(), Box<dyn Error>> {
    let config: Config = serde_json::from_str(config)?;
    end_with_parent();
    let log = Log::create(&config.folder, config.process, config.origin)?;
    tokio::spawn(crate::stall::watch(log.clone(), config.process));
    // Before anybody may send it: the first signal is not to end the process as it is.
    let mut terminate = signal(SignalKind::terminate())?;
    let store = config.store.open().await?;
    let builder = config.settings.engine(Engine::builder(store)).concurrency(config.concurrency);
    let engine = builder.build();
    let service = Arc::new(Service { log, process: config.process, folder: config.folder });
    register_method(&Serving::new(Arc::clone(&service), &engine), WORK, WORK.descriptors(), Service::work);
    let ended = {
        let engine = engine.clone();
        async move {
            terminate.recv().await;
            engine.drain().await;
        }
    };
    if config.serves {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        say_ready(listener.local_addr()?.port())?;
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = Server::builder()
            .add_service(JobsServer(engine.clone()))
            .add_service(engine.operations_server())
            .serve_with_incoming(incoming);
        // Clients keep their connections, so the server does not wait until they are gone.
        tokio::select! {
            result = server => result?,
            () = ended => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    } else {
        say_ready(0)?;
        ended.await;
    }
    Ok(())
}

/// Tells the parent that the process is ready, and on which port.
fn say_ready(port: u16) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{port}")?;
    out.flush()
}

/// Ends this process when its parent has ended, in whatever way: then the other end of the input is closed.
fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(3);
    });
}
