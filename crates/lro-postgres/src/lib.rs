#![doc = include_str!("../README.md")]
//! # The way through
//!
//! - [`PostgresStore`] is the store, [`PostgresStoreBuilder`] its settings, and [`Mode`] what is between it and its tables.
//! - [`in_transaction`] writes rows of the caller with an operation; [`Uncommitted`] is what was written in a transaction
//!   of the caller.
//!
//! Three tables hold operations. `operation` says what each is and is written once. `unfinished` says how those stand
//! that are queued or running; it stays small, and is all that changes. `finished` has the results, written once. So
//! what is done costs nothing but space, and dead rows are only where vacuum gets quickly.
//!
//! With [`partition`](PostgresStoreBuilder::partition) the two that are written once are in partitions, which are dropped
//! as a whole.

// `store` merges calls, `calls` does them, each with what all of them share (`call`), over `connections` to what is in the
// `database`, whose rows `row` reads and writes.
mod call;
mod calls;
mod connections;
mod database;
mod error;
mod hints;
mod mode;
mod partition;
mod row;
mod store;

pub use calls::transaction::{Uncommitted, in_transaction};
pub use mode::Mode;
/// The version of rustls that [`PostgresStoreBuilder::roots`] takes its certificates from.
#[cfg(feature = "rustls")]
pub use rustls;
pub use store::{PostgresStore, PostgresStoreBuilder};
