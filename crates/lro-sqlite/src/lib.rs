#![doc = include_str!("../README.md")]
//!
//! # The way through
//!
//! - [`SqliteStore`] is the store: [`open`](SqliteStore::open) it on a file, or [`builder`](SqliteStore::builder) for
//!   its settings ([`SqliteStoreBuilder`]).
//! - [`in_transaction`], [`SqliteStore::create_in`] and [`finish_in`](SqliteStore::finish_in)
//!   write rows of your own in one transaction with operations; [`Uncommitted`] is what the latter two give.
//! - [`SqliteStore::backup`], [`checkpoint`](SqliteStore::checkpoint) and
//!   [`check_integrity`](SqliteStore::check_integrity) look after the file.
//!
//! `rusqlite` is re-exported, because closures get its transactions.

mod builder;
mod claim;
mod connect;
mod create;
mod error;
mod keys;
mod list;
mod maintain;
mod purge;
mod queue;
mod read;
mod readers;
mod row;
mod schema;
mod step;
mod stop;
mod store;
mod threads;
mod transaction;
mod workers;
mod write;
mod writer;

pub use rusqlite;

pub use self::builder::SqliteStoreBuilder;
pub use self::store::SqliteStore;
pub use self::transaction::{Uncommitted, in_transaction};
