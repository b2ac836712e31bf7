//! The store: calls become jobs of the threads that write and read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use lro_store::{
    ChangeHub, Changes, Claim, Clock, Creation, Error, Fence, Finish, KeepAlive, ListQuery, NewOperation,
    OperationName, Page, Record, Release, Report, RequestKey, Store, View, WorkerId, WriteResult,
};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::connect::Place;
use crate::error::Failed;
use crate::queue::{Queue, Refused};
use crate::readers::{self, Read};
use crate::step::Step;
use crate::writer::{Call, Job, Writer};
use crate::{SqliteStoreBuilder, claim, create, list, purge, read, schema, stop, workers, write};

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
/// **Bounded time.** Each call ends within the [call timeout](SqliteStoreBuilder::call_timeout), by the clock of the Tokio
/// runtime; so a test with paused time wants [`MemoryStore`](lro_store::MemoryStore). A call that is given up is whole or
/// absent.
///
/// Tables have names with the prefix `lro_`; what else is in the file is yours
/// ([`in_transaction`](Self::in_transaction)).
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

struct Shared {
    place: Place,
    clock: Arc<dyn Clock>,
    hub: ChangeHub,
    call_timeout: Duration,
    writes: Arc<Queue<Job>>,
    reads: Arc<Queue<Read>>,
    threads: Vec<JoinHandle<()>>,
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

    /// Opens the connections and starts the threads. Blocks.
    pub(crate) fn open_now(builder: SqliteStoreBuilder) -> Result<Self, Error> {
        let SqliteStoreBuilder { place, clock, readers, queue, call_timeout, watch_interval } = builder;
        let mut connection = place.writer()?;
        schema::migrate(&mut connection)?;
        let reading: Vec<Connection> = (0..readers).map(|_| place.reader()).collect::<Result<_, _>>()?;
        let mut shared = Shared {
            place,
            clock: Arc::clone(&clock),
            hub: ChangeHub::default(),
            call_timeout,
            writes: Arc::new(Queue::new(queue)),
            reads: Arc::new(Queue::new(queue)),
            threads: Vec::with_capacity(readers + 1),
        };
        let writer = Writer {
            connection,
            queue: Arc::clone(&shared.writes),
            clock,
            hub: shared.hub.clone(),
            watch_interval,
        };
        shared.start("lro-sqlite-write", || writer.run())?;
        for connection in reading {
            let queue = Arc::clone(&shared.reads);
            shared.start("lro-sqlite-read", move || readers::run(&connection, &queue))?;
        }
        Ok(Self(Arc::new(shared)))
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

    /// Runs a part of a transaction on the thread that writes.
    async fn write<T: Send + 'static>(
        &self,
        act: impl FnMut(&mut Step<'_>) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(|answer, deadline| {
            self.0.writes.push(Job::Write(Box::new(Call::new(act, answer, deadline))))
        })
        .await
    }

    /// [`write`](Self::write) for what must get through also when there is much else to do.
    async fn write_urgently<T: Send + 'static>(
        &self,
        act: impl FnMut(&mut Step<'_>) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(|answer, deadline| {
            self.0.writes.push_urgent(Job::Write(Box::new(Call::new(act, answer, deadline))))
        })
        .await
    }

    /// Runs on a thread that reads.
    async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(|answer, deadline| self.0.reads.push(readers::call(act, answer, deadline))).await
    }

    /// Empties the write-ahead log on the thread that writes.
    pub(crate) async fn ask_for_checkpoint(&self) -> Result<(), Error> {
        self.ask(|answer, _| self.0.writes.push(Job::Checkpoint(answer))).await
    }

    /// Adds a job and waits for its answer.
    async fn ask<T>(
        &self,
        push: impl FnOnce(oneshot::Sender<Result<T, Error>>, Instant) -> Result<(), Refused>,
    ) -> Result<T, Error> {
        let (answer, receiver) = oneshot::channel();
        let timeout = self.0.call_timeout;
        push(answer, Instant::now() + timeout).map_err(|refused| match refused {
            Refused::Full => Error::unavailable("too many calls wait for the database; try again later"),
            Refused::Closed => Error::internal("the store is closed"),
        })?;
        match tokio::time::timeout(timeout, receiver).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::internal("a thread of the store has ended")),
            Err(_) => Err(Error::unavailable(format!("the database has not answered within {timeout:?}"))),
        }
    }
}

impl Shared {
    fn start(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(run).map_err(Error::unavailable)?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        // Readers end first, so that the writer can empty the write-ahead log.
        for thread in self.threads.drain(..).rev() {
            // A closure in a job may have had the last clone; that thread ends when it is done with the job.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("place", &self.place).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        self.write(move |step| create::create(step, &operations)).await
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        let clock = Arc::clone(&self.0.clock);
        self.read(move |connection| read::get(connection, &names, clock.now())).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        let (clock, request) = (Arc::clone(&self.0.clock), request.clone());
        self.read(move |connection| read::find_by_request(connection, &request, clock.now())).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        let (clock, query) = (Arc::clone(&self.0.clock), query.clone());
        self.read(move |connection| list::list(connection, &query, clock.now())).await
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.write(move |step| stop::delete(step, &names)).await
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.write(move |step| stop::request_cancel(step, &names)).await
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        let worker = worker.clone();
        self.write_urgently(move |step| workers::keep_alive(step, &worker, lease)).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<(), Error> {
        let worker = worker.clone();
        self.write_urgently(move |step| workers::leave(step, &worker)).await
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<usize, Error> {
        let worker = worker.clone();
        self.write(move |step| workers::reclaim(step, &worker, limit)).await
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        let (worker, after) = (worker.clone(), after.cloned());
        self.read(move |connection| workers::held(connection, &worker, after.as_ref(), limit)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        let claim = claim.clone();
        self.write(move |step| claim::claim(step, &claim)).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        self.write(move |step| write::report(step, &reports)).await
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        self.write(move |step| write::finish(step, &finishes)).await
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        self.write(move |step| write::release(step, &releases)).await
    }

    async fn expire(&self, limit: usize) -> Result<usize, Error> {
        self.write(move |step| purge::expire(step, limit)).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        self.write(move |step| purge::purge(step, limit)).await
    }

    fn changes(&self) -> Changes {
        self.0.hub.subscribe()
    }
}
