//! What the store promises beyond the suite: faults of the server and of the way to it, rows of callers, hints between
//! processes, partitions, and tables that refuse what no operation can be.

mod checks;
mod errors;
mod faults;
mod hints;
mod idle;
mod lists;
mod partitions;
mod queue;
mod rows;
#[cfg(feature = "rustls")]
mod standbys;
mod support;
mod tls;
