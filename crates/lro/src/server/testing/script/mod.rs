//! Testing clients.
//!
// The guide's examples use generated code, so they are doctests of the crate that tests generated code.
#![cfg_attr(not(doctest), doc = include_str!("guide.md"))]

mod answer;
mod call;
mod fault;
mod methods;
mod operation;
mod operations;
mod plan;
mod request;
mod rpcs;
mod server;
mod shared;
mod transport;
mod waiting;

pub use self::call::{Call, Rpc};
pub use self::fault::Fault;
pub use self::operation::Script;
pub use self::server::ScriptedServer;
pub use self::transport::ScriptedTransport;
pub use self::waiting::Waiting;
