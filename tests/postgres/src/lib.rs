//! Real PostgreSQL servers for tests, examples, chaos runs and benches. Linux only, as the processes of a server are looked
//! up in `/proc`.
//!
//! - [`shared`] is one server for all tests of a process: a fresh [`Database`] or [`Schema`] for each of them.
//! - [`private`] makes a [`Cluster`] that belongs to one test, which may stop it, kill it, pause it, and give it a
//!   [standby](Cluster::standby).
//! - [`pooler`] makes a [`PgBouncer`] in front of a cluster.
//! - [`Proxy`] is a network in front of any of them that cuts, delays, holds and swallows when it is told to.
//!
//! ```no_run
//! let Some(server) = test_postgres::shared() else { return };
//! let schema = server.schema();
//! println!("connect to {} and make tables in {}", schema.url(), schema.name());
//! ```
//!
//! Nothing is left behind, even where the process is killed: a watchdog stops the servers and removes their folders. There
//! is no runtime in it, so that everything can have this crate.

mod account;
pub mod bouncer;
pub mod cluster;
mod error;
mod port;
mod process;
mod programs;
pub mod proxy;
mod psql;
mod shared;
mod watchdog;

pub use bouncer::{PgBouncer, PoolMode};
pub use cluster::{Cluster, Mode};
pub use error::Error;
pub use proxy::{Direction, Proxy, contains};
pub use shared::{Database, Schema, Server, shared};

/// A builder of a cluster for this test alone, or nothing if the test is to return at once, as no PostgreSQL is here.
///
/// `LRO_TEST_POSTGRES` has no say in this: a server of someone else is not for being killed.
///
/// # Panics
///
/// There is no PostgreSQL, and `LRO_REQUIRE_TOOLS` is 1.
#[track_caller]
pub fn private() -> Option<cluster::Builder> {
    cluster::Builder::new().map_err(|error| test_tools::skip(&error.to_string())).ok()
}

/// A builder of a pooler, or nothing if the test is to return at once, as no pgbouncer is here.
///
/// # Panics
///
/// There is no pgbouncer, and `LRO_REQUIRE_TOOLS` is 1.
#[track_caller]
pub fn pooler() -> Option<bouncer::Builder> {
    bouncer::Builder::new().map_err(|error| test_tools::skip(&error.to_string())).ok()
}
