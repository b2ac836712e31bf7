//! The client for programs without `async`: the same handles, whose methods block the thread until they have an answer.
//!
//! ```no_run
//! # type ImportBooksRequest = ();
//! # const IMPORT_BOOKS: lro::Method<(), (), ()> = lro::Method::new("", "", "", "");
//! # fn example(request: ImportBooksRequest) -> Result<(), Box<dyn std::error::Error>> {
//! use lro::Update;
//! use lro::blocking::Client;
//!
//! let client = Client::connect("http://[::1]:50051")?;
//! let operation = client.start(IMPORT_BOOKS, tonic::Request::new(request))?;
//! for update in operation.updates() {
//!     match update? {
//!         Update::Progress(metadata) => println!("{metadata:?}"),
//!         Update::Done(response) => println!("done: {response:?}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A method constant is all that a call needs. The methods of a generated client are called through [`run`].
//!
//! # Threads
//!
//! All clients of a process share one tokio runtime with one worker thread, which begins with the first call and ends with the process: the worker
//! looks after connections and waits, and each call runs on the thread that makes it. So clients and handles may be dropped anywhere, go from
//! thread to thread, and many threads may wait at once.
//!
//! # Panics
//!
//! What blocks panics where blocking is not allowed, which is within a task of an async runtime; the message begins with "Cannot start a runtime from within a
//! runtime". Use the async [`Client`](crate::Client) there, or go to a thread that may block with `tokio::task::spawn_blocking`.
//! What blocks also panics if the operating system refuses the worker its thread.

mod client;
mod operation;
mod operations;
mod updates;

use std::future::IntoFuture;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

pub use self::client::Client;
pub use self::operation::{Operation, RawOperation};
pub use self::operations::{OperationIter, OperationList, OperationsClient};
pub use self::updates::Updates;

/// Runs one asynchronous call to its end, such as one of a generated client, and returns its result.
///
/// ```no_run
/// # struct Library(lro::Client);
/// # impl From<lro::Client> for Library { fn from(client: lro::Client) -> Self { Self(client) } }
/// # impl Library { async fn get_book(&self, _: &str) -> Result<(), tonic::Status> { Ok(()) } }
/// # type LibraryServiceLroClient = Library;
/// # fn example(request: &str) -> Result<(), Box<dyn std::error::Error>> {
/// use lro::blocking::{Client, run};
///
/// let client = Client::connect("http://[::1]:50051")?;
/// let library = LibraryServiceLroClient::from(client.as_async().clone());
/// let book = run(library.get_book(request))?;
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// Where blocking is not allowed; see the [module](self#panics).
#[track_caller]
pub fn run<F: IntoFuture>(call: F) -> F::Output {
    runtime().block_on(call.into_future())
}

#[track_caller]
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let built =
            Builder::new_multi_thread().worker_threads(1).thread_name("lro-blocking").enable_all().build();
        built.unwrap_or_else(|error| panic!("the worker thread of lro::blocking cannot be started: {error}"))
    })
}
