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

// Each of these uses none but those after it: `store`, `calls`, `row`, `threads`, `transaction`, `database`, `error`.

mod calls;
mod database;
mod error;
mod row;
mod store;
mod threads;
mod transaction;

pub use rusqlite;

pub use self::store::{SqliteStore, SqliteStoreBuilder, Uncommitted};
pub use self::transaction::in_transaction;
