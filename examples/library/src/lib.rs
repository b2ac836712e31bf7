//! A library that imports books: one service with a long-running method, its server and a client that follows the work.

/// Generated from `proto/library.proto`, which is a copy of the one that the whole project shares.
#[allow(clippy::pedantic, reason = "generated code is not written to that taste")]
pub mod pb {
    lro::include_proto!("example.library.v1");
}

pub mod books;
pub mod child;
pub mod client;
pub mod demo;
pub mod explain;
mod reflection;
pub mod server;
mod show;
pub mod signals;
pub mod storage;
