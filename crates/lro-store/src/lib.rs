//! Where long-running operations live: the seam between a server that runs them and a database that keeps
//! them.
//!
//! No gRPC and no Protobuf in here; payloads are bytes with a type name. The way through:
//!
//! - [`Record`] is one operation, under an [`OperationName`], and [`View`] is what readers see of it. Its
//!   transitions are pure functions (see [`View::claim`] and its neighbours), the same for every store.
//! - [`Worker`] is a process that runs operations, and its lease. Writes are fenced by [`Fence`].
//! - [`Store`] is the contract that a store implements. [`StoreExt`] has what callers want on top.
//! - [`MemoryStore`] is the store that needs no database.
//! - [`ChangeHub`] and [`Changes`] carry hints, so that nobody polls.
//! - [`Merge`] makes batches of concurrent calls, and [`Columns`] rows of operations, for stores on databases.
//! - [`Clock`] is where a store gets the time from; [`ManualClock`] is for tests.
//!
//! The crate `lro-store-conformance` has the suite that every store passes, and shows how to write one.
//!
//! ```
//! use lro_store::{MemoryStore, NewOperation, OperationName, Parent, Payload, StoreExt};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! let name = OperationName::random(&Parent::parse("shelves/1")?);
//! let request = Payload::new("type.googleapis.com/example.ImportBooksRequest", "");
//! store.create_one(NewOperation::new(name.clone(), "/example.Library/ImportBooks", request)).await?;
//! assert!(!store.get_one(&name).await?.expect("it was just created").is_done());
//! # Ok(())
//! # }
//! ```

mod call;
mod changes;
mod columns;
mod error;
mod ext;
mod memory;
mod merge;
mod operation;
mod shared;
mod state;
mod store;
mod time;

pub use call::{
    Claim, Created, Creation, Cursor, Finish, InTransaction, KeepAlive, ListQuery, MethodLimit, Page,
    Refusal, Release, Report, Stop, Sweep, TimeRange, WriteResult,
};
pub use changes::{Change, ChangeHub, Changes};
pub use columns::{Columns, PayloadColumns};
pub use error::Error;
pub use ext::StoreExt;
pub use memory::{MemoryStore, MemoryStoreBuilder};
pub use merge::Merge;
pub use operation::{
    Beginning, ExclusiveKey, Failure, FailureCode, InvalidKey, InvalidLabel, InvalidName, InvalidOwner,
    InvalidRecord, InvalidRequestId, InvalidRetry, Labels, MAX_NAME_LEN, NewOperation, OnConflict,
    OperationName, Outcome, Owner, Parent, ParentPattern, Payload, Record, RequestId, RequestKey, Retry,
    State, StateKind, View, ViewParts, holder,
};
pub use state::{
    Attempt, DelegateId, Fence, Holder, Interruption, StopReason, TransitionError, Worker, WorkerId,
};
pub use store::{MAX_BATCH, Store};
pub use time::{Clock, ManualClock, SystemClock, Timestamp};
