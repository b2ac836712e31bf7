//! Where long-running operations live: the seam between a server that runs them and a database that keeps
//! them.
//!
//! No gRPC and no Protobuf in here; payloads are bytes with a type name. The way through:
//!
//! - [`Record`] is one operation, under an [`OperationName`]; its `state` transitions are pure functions (see
//!   [`Record::claim`] and its neighbours), the same for every store.
//! - [`Store`] is the contract that a store implements, with batches, leases and fencing by [`Attempt`].
//!   [`StoreExt`] has what callers want on top.
//! - [`RequestKey`] is how a store knows a repeat of a request.
//! - [`MemoryStore`] is the store that needs no database.
//! - [`ChangeHub`] and [`Changes`] carry hints, so that nobody polls.
//! - [`Clock`] is where a store gets the time from; [`ManualClock`] is for tests.
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

mod changes;
mod clock;
mod error;
mod exclusive;
mod ext;
mod lease;
mod memory;
mod name;
mod new_operation;
mod outcome;
mod parts;
mod pattern;
mod record;
mod request_key;
mod shared;
mod state;
mod store;
mod timestamp;

pub use changes::{Change, ChangeEvent, ChangeHub, ChangeKind, Changes};
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::Error;
pub use exclusive::{ExclusiveKey, InvalidKey, OnConflict};
pub use ext::StoreExt;
pub use lease::{Attempt, Lease, LeaseId, WorkerId};
pub use memory::MemoryStore;
pub use name::{InvalidName, MAX_NAME_LEN, OperationName, Parent};
pub use new_operation::NewOperation;
pub use outcome::{Failure, FailureCode, Outcome, Payload};
pub use parts::{InvalidRecord, RecordParts};
pub use pattern::ParentPattern;
pub use record::{Delivery, Record, State};
pub use request_key::{InvalidRequestKey, RequestKey};
pub use state::Refusal;
pub use store::{Claim, Cursor, Fenced, Finish, LeaseStatus, ListQuery, MAX_BATCH, Page, Progress, Store};
pub use timestamp::Timestamp;
