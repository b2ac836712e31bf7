//! Small helpers of all tests.

use std::path::PathBuf;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use lro_sqlite::SqliteStore;
use lro_sqlite::rusqlite::Connection;
use lro_store::{
    Beginning, Change, Changes, Creation, Error, Fence, InTransaction, NewOperation, OperationName, Outcome,
    Payload, Store, StoreExt, WorkerId,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

pub(crate) const METHOD: &str = "/test.Service/Work";

/// How long something may take that happens soon, in real time.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A folder of its own for one file.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("operations.db")
    }

    pub(crate) async fn open(&self) -> SqliteStore {
        SqliteStore::open(self.path()).await.unwrap()
    }

    /// A connection as a user of the file has one.
    pub(crate) fn connect(&self) -> Connection {
        let connection = Connection::open(self.path()).unwrap();
        connection.busy_timeout(SOON).unwrap();
        connection
    }
}

pub(crate) fn name(id: &str) -> OperationName {
    OperationName::parse(&format!("operations/{id}")).unwrap()
}

pub(crate) fn payload(bytes: usize) -> Payload {
    Payload::new("type.googleapis.com/test.Message", vec![7; bytes])
}

pub(crate) fn response() -> Outcome {
    Outcome::Response(payload(3))
}

pub(crate) fn operation(id: &str) -> NewOperation {
    NewOperation::new(name(id), METHOD, payload(10))
}

pub(crate) fn worker() -> WorkerId {
    WorkerId::new("w")
}

/// An operation that the worker runs.
pub(crate) async fn running(store: &SqliteStore, id: &str) -> Fence {
    store.keep_alive(&worker(), SOON).await.unwrap();
    let new = operation(id).with_beginning(Beginning::ClaimedBy(worker()));
    store.create_one(new).await.unwrap().created().unwrap().fence().unwrap()
}

pub(crate) async fn exists(store: &SqliteStore, id: &str) -> bool {
    store.get_one(&name(id)).await.unwrap().is_some()
}

/// What keeps the thread that writes busy until it is told to go on; tells when it has begun.
pub(crate) fn block() -> (InTransaction, mpsc::Receiver<()>, mpsc::SyncSender<()>) {
    let (begun, has_begun) = mpsc::channel();
    let (go_on, wait) = mpsc::sync_channel(9);
    let wait = Mutex::new(wait);
    let block = lro_sqlite::in_transaction(move |_| -> lro_sqlite::rusqlite::Result<()> {
        begun.send(()).unwrap();
        wait.lock().unwrap().recv_timeout(SOON).unwrap();
        Ok(())
    });
    (block, has_begun, go_on)
}

/// Starts a call, which is in the queue when this returns.
pub(crate) async fn start<T: Send + 'static>(
    call: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    let call = tokio::spawn(call);
    // The runtime of these tests has one thread, so the call is polled now.
    tokio::task::yield_now().await;
    call
}

/// A call that creates an operation.
pub(crate) fn create(
    store: &SqliteStore,
    new: NewOperation,
) -> impl Future<Output = Result<Creation, Error>> + use<> {
    let store = store.clone();
    async move { store.create_one(new).await }
}

/// Waits for a hint. Others may come before it.
pub(crate) async fn expect(changes: &mut Changes, wanted: &Change) {
    let wait = async { while changes.recv().await.expect("the store is there") != *wanted {} };
    tokio::time::timeout(SOON, wait).await.unwrap_or_else(|_| panic!("no hint came: {wanted:?}"));
}

/// What an error says, with what it comes from.
pub(crate) fn text(error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    format!("{error}: {source}")
}

/// Says that the test of this thread is skipped, because what it takes is a right of the user and no tool.
pub(crate) fn skip(reason: &str) {
    use std::io::Write as _;
    let thread = std::thread::current();
    // Not by a macro, whose output the test harness hides when a test passes.
    let line = format!("skipped: {}: {reason}\n", thread.name().unwrap_or("a test"));
    let _ = std::io::stderr().write_all(line.as_bytes());
}
