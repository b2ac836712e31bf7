//! The server: its folders, its services, and how it ends.

use std::error::Error;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lro::Engine;
use lro_sqlite::SqliteStore;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::action_cache::ActionCache;
use crate::cas::Blobs;
use crate::execution::Execution;
use crate::machine::Machine;
use crate::pb::action_cache_server::ActionCacheServer;
use crate::pb::content_addressable_storage_server::ContentAddressableStorageServer;
use crate::pb::execution_lro::ExecutionLroServer;
use crate::sandbox::Isolation;
use crate::storage::Storage;

/// What a server is told on its command line.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder that has everything: blobs, results, operations, and actions that run.
    pub root: PathBuf,
    /// How many actions run at a time.
    pub places: usize,
    /// How long an action may run.
    pub longest: Duration,
    /// After how long without a sign of life of this process another one takes over what it does.
    pub lease: Duration,
    /// Whether commands get namespaces of their own, where they can.
    pub isolate: bool,
}

/// Opens the folder and makes the service.
///
/// # Errors
///
/// Says what is wrong with the folder.
pub async fn open(settings: &Settings, program: &Path) -> Result<Execution, Box<dyn Error>> {
    let root = std::path::absolute(&settings.root)?;
    let (blobs, cache) = (Blobs::open(root.join("cas"))?, ActionCache::open(root.join("ac"))?);
    let operations = SqliteStore::open(root.join("operations.db")).await?;
    // Stages pass quickly, and are few.
    let engine = Engine::builder(operations)
        .lease(settings.lease)
        .progress_interval(Duration::from_millis(20))
        .retention(Duration::from_secs(3600))
        .build();
    let program = program.to_owned();
    let isolation = if settings.isolate { Isolation::find(program).await } else { Isolation::none(program) };
    let machine =
        Machine::new(blobs.clone(), isolation, root.join("work"), settings.places, settings.longest)?;
    Ok(Execution { engine, storage: Storage { blobs, cache }, machine })
}

/// Serves until `shutdown` completes, and then until running actions had their time to end, or until `hurry` completes too.
///
/// # Errors
///
/// The transport fails.
pub async fn serve(
    listener: TcpListener,
    execution: Execution,
    shutdown: impl Future + Send + 'static,
    hurry: impl Future + Send + 'static,
) -> Result<(), tonic::transport::Error> {
    let (engine, storage) = (execution.engine.clone(), execution.storage.clone());
    let drain = library::server::drain(engine.clone(), shutdown, hurry);
    // A listener of one's own has it off, and then small answers wait for a timer of the network.
    let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .add_service(ExecutionLroServer::serve(execution, &engine))
        .add_service(ContentAddressableStorageServer::new(storage.clone()))
        .add_service(ActionCacheServer::new(storage))
        .add_service(engine.operations_server())
        .serve_with_incoming_shutdown(connections, drain)
        .await
}
