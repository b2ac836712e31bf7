//! Long-running operations for tonic.
//!
//! An RPC whose work outlasts a call returns a `google.longrunning.Operation` (AIP-151): a name under which
//! the client asks how it goes, and that in the end holds a response or an error. This crate is the runtime
//! of both sides. Usually a generator (`lro-build` in a build script, or `protoc-gen-rust-lro`) writes typed
//! clients and server traits over it; without one, a [`Method`] constant is all that it takes:
//!
#![cfg_attr(feature = "client", doc = "```no_run")]
#![cfg_attr(not(feature = "client"), doc = "```ignore")]
//! use lro::{Client, Method, Update};
//! # type ImportBooksRequest = ();
//! # type ImportBooksResponse = ();
//! # type ImportBooksMetadata = ();
//!
//! const IMPORT_BOOKS: Method<ImportBooksRequest, ImportBooksResponse, ImportBooksMetadata> = Method::new(
//!     "/example.library.v1.LibraryService/ImportBooks",
//!     "example.library.v1.ImportBooksRequest",
//!     "example.library.v1.ImportBooksResponse",
//!     "example.library.v1.ImportBooksMetadata",
//! );
//!
//! # async fn example(request: ImportBooksRequest) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::connect("http://[::1]:50051").await?;
//! let operation = client.start(IMPORT_BOOKS, tonic::Request::new(request)).await?;
//!
//! // The name is all that another process needs to go on with the operation.
//! let operation = client.operation(IMPORT_BOOKS, operation.name());
//!
//! let mut updates = operation.updates();
//! while let Some(update) = updates.next().await {
//!     match update? {
//!         Update::Progress(metadata) => println!("{metadata:?}"),
//!         Update::Done(response) => println!("{response:?}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Map
//!
//! - [`Method`]: the typed constant for one RPC; [`Polling`]: how to wait for its operations; [`Routing`]: the header that tells
//!   load balancers where its requests go; [`OperationRpcs`]: the RPCs that tell of its operations.
#![cfg_attr(
    feature = "client",
    doc = "- [`Client`], [`Operation`], [`Updates`], [`OperationRef`], [`OperationsClient`], [`OperationList`], [`MethodRegistry`], [`OperationError`]: the client's side (feature `client`)."
)]
#![cfg_attr(
    feature = "blocking",
    doc = "- [`blocking`]: the client for programs without `async` (feature `blocking`)."
)]
#![cfg_attr(
    feature = "server",
    doc = "- [`Engine`], [`Context`], [`Start`], [`Registration`]: the server's side; [`Caller`], [`Authorizer`]: who calls, and what they may do; [`store`]: where it keeps operations (feature `server`)."
)]
#![cfg_attr(
    feature = "testing",
    doc = "- [`testing`]: a handler alone, a server and its clients in one process, and a server that follows a script, for tests (feature `testing`)."
)]
//! - Features `metrics` and `opentelemetry`: what an engine counts and times, and traces that go on in the work; the guide to
//!   operating in the repository has tables of both, and of what is logged.
//! - Feature `serde`: references to operations in the formats of serde.
//! - [`payload`]: messages in and out of `google.protobuf.Any`.
//! - [`google`]: the messages and services of `google.longrunning` and `google.rpc`.
//! - [`codegen`]: what generated code names.

pub mod codegen;
pub mod google;
pub mod payload;

mod method;
mod nanos;
mod operation_rpcs;
mod polling;
mod retry;
mod routing;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "server")]
mod server;

pub use self::method::Method;
pub use self::operation_rpcs::{OperationPage, OperationQuery, OperationRpcs};
pub use self::polling::Polling;
pub use self::retry::RetryPolicy;
pub use self::routing::{Routing, RoutingValue};
pub use prost_types::Any;

#[cfg(feature = "client")]
pub use self::client::{
    BoxedMessage, Client, Connection, DecodedOperation, MethodRegistry, Operation, OperationError,
    OperationList, OperationRef, OperationsClient, OtherMethod, ParseOperationRefError, RawOperation,
    Snapshot, Starting, State, Update, Updates,
};
#[cfg(feature = "testing")]
pub use self::server::testing;
#[cfg(feature = "server")]
pub use self::server::{
    Access, Action, Authorizer, ByParent, Caller, CheckpointError, Completion, CompletionToken, Context,
    Engine, EngineBuilder, Everyone, InvalidToken, MethodStats, OnConflict, OnDelete, OperationStream,
    OperationsService, OwnersOnly, ProgressError, Registration, Retry, Start, Stats, Watch,
};
#[cfg(feature = "server")]
pub use lro_store as store;
#[cfg(feature = "client")]
pub use tonic_types::ErrorDetails;
