//! The store, whose calls become jobs of the threads that write and read.

mod builder;
mod maintain;
mod uncommitted;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lro_store::{
    ChangeHub, Changes, Claim, Clock, Creation, Error, Fence, Finish, KeepAlive, ListQuery, NewOperation,
    OperationName, Page, Record, Release, Report, RequestKey, Store, Sweep, View, WorkerId, WriteResult,
};

use crate::calls::{claim, create, list, purge, read, stop, workers, write};
use crate::database::Place;
use crate::threads::Threads;

pub use self::builder::SqliteStoreBuilder;
pub use self::uncommitted::Uncommitted;

/// Operations in an SQLite file: durable, for the processes of one machine.
///
/// Clones are the same store. When the last one is dropped, what waits is written, the write-ahead log is moved into the
/// database, and the threads end; the drop waits for that.
///
/// **Durability.** What a call has answered is on the disk (`synchronous=FULL`), and survives a crash of the process and of
/// the machine. One thread writes; what waits goes into one transaction, so that many callers share a sync of the disk.
///
/// **Several processes** on one machine may use one file at a time. They wait for each other's transactions for at most the
/// [busy timeout](SqliteStoreBuilder::busy_timeout), and notice each other's changes within the
/// [watch interval](SqliteStoreBuilder::watch_interval). All of them need clocks that agree, as those of one machine do.
/// Network file systems do not work.
///
/// **Bounded time.** Each call ends within the [timeout](SqliteStoreBuilder::timeout), by the clock of the Tokio
/// runtime; so a test with paused time wants [`MemoryStore`](lro_store::MemoryStore). A call that is given up is whole or
/// absent. Only [`leave`](Store::leave) takes operations back in batches, so that others can write in between: if it is given up
/// in the middle, the worker is gone, and what it still has is for the next call or for those who
/// [reclaim](Store::reclaim).
///
/// Tables have names with the prefix `lro_`; what else is in the file is yours
/// ([`in_transaction`](crate::in_transaction)).
///
/// ```
/// use lro_sqlite::SqliteStore;
/// use lro_store::{NewOperation, OperationName, Parent, Payload, StoreExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("operations.db");
/// let store = SqliteStore::open(&path).await?;
/// let name = OperationName::random(&Parent::parse("shelves/1")?);
/// let request = Payload::new("type.googleapis.com/example.ImportBooksRequest", "");
/// store.create_one(NewOperation::new(name.clone(), "/example.Library/ImportBooks", request)).await?;
/// drop(store);
///
/// let store = SqliteStore::open(&path).await?;
/// assert!(store.get_one(&name).await?.is_some(), "it outlives the store");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SqliteStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    threads: Threads,
    place: Place,
    clock: Arc<dyn Clock>,
    hub: ChangeHub,
}

impl SqliteStore {
    /// Opens the store in this file, and makes the file and the tables if they are not there.
    ///
    /// # Errors
    /// Those of [`SqliteStoreBuilder::open`].
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::builder(path).open().await
    }

    /// Begins a store in this file with other settings.
    pub fn builder(path: impl Into<PathBuf>) -> SqliteStoreBuilder {
        SqliteStoreBuilder::new(path.into())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0.place.path
    }

    pub(crate) fn new(threads: Threads, place: Place, clock: Arc<dyn Clock>, hub: ChangeHub) -> Self {
        Self(Arc::new(Shared { threads, place, clock, hub }))
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) fn hub(&self) -> &ChangeHub {
        &self.0.hub
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    pub(crate) fn threads(&self) -> &Threads {
        &self.0.threads
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        self.0.threads.write(move |step| create::create(step, &operations)).await
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        let clock = Arc::clone(&self.0.clock);
        self.0.threads.read(move |connection| read::get(connection, &names, clock.now())).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        let (clock, request) = (Arc::clone(&self.0.clock), request.clone());
        self.0.threads.read(move |connection| read::find_by_request(connection, &request, clock.now())).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        let (clock, query) = (Arc::clone(&self.0.clock), query.clone());
        self.0.threads.read(move |connection| list::list(connection, &query, clock.now())).await
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.0.threads.write(move |step| stop::delete(step, &names)).await
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.0.threads.write(move |step| stop::request_cancel(step, &names)).await
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        let worker = worker.clone();
        self.0.threads.write_urgently(move |step| workers::keep_alive(step, &worker, lease)).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        // Each batch is a job of its own, so that what others write goes between.
        let all = async {
            let mut sweep = Sweep::new();
            loop {
                let worker = worker.clone();
                let taken = self.0.threads.write_urgently(move |step| workers::leave(step, &worker)).await?;
                let is_all = taken.count < workers::BATCH;
                sweep.append(taken);
                if is_all {
                    return Ok(sweep);
                }
            }
        };
        self.0.threads.in_time(all).await
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        let worker = worker.clone();
        self.0.threads.write(move |step| workers::reclaim(step, &worker, limit)).await
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        let (worker, after) = (worker.clone(), after.cloned());
        self.0.threads.read(move |connection| workers::held(connection, &worker, after.as_ref(), limit)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        let claim = claim.clone();
        self.0.threads.write(move |step| claim::claim(step, &claim)).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        self.0.threads.write(move |step| write::report(step, &reports)).await
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        self.0.threads.write(move |step| write::finish(step, &finishes)).await
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        self.0.threads.write(move |step| write::release(step, &releases)).await
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        self.0.threads.write(move |step| purge::expire(step, limit)).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        self.0.threads.write(move |step| purge::purge(step, limit)).await
    }

    fn changes(&self) -> Changes {
        self.0.hub.subscribe()
    }
}
