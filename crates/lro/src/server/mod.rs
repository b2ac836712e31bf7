//! The server's side: running the work, and the service that tells clients about it.
//!
//! [`Engine`] is the front door. Behind it, one file per part:
//!
//! - `builder`, `settings`: how it is made. `inner`: what its parts share. `drain`: how it ends.
//! - `adapter`: what generated servers hand over. `handlers`: which method is done by which function.
//! - `start`, `backlog`: how an operation begins, and which of them wait for a place. `repeat`: requests that
//!   have begun one before.
//! - `runs`, `execute`, `context`: the attempts that this process has under way, one of them, and what its
//!   handler sees.
//! - `claim`, `heartbeat`, `expire`, `purge`, `hub`, `settle`: the tasks in the background, one each.
//!   `background` keeps them alive.
//! - `call`, `pause`: calls to the store that end in time, and pauses between tries.
//! - `waiters`, `page_token`, `deadline`, `service`: `google.longrunning.Operations`.
//! - `convert`, `status`: the only places where records become messages and failures become `tonic::Status`.

mod adapter;
mod background;
mod backlog;
mod builder;
mod call;
mod claim;
mod context;
mod convert;
mod deadline;
mod drain;
mod engine;
mod execute;
mod expire;
mod handlers;
mod heartbeat;
mod hub;
mod inner;
mod page_token;
mod pause;
mod purge;
mod repeat;
mod runs;
mod service;
mod settings;
mod settle;
mod start;
mod status;
mod waiters;

pub use self::adapter::{Registration, StartHook, Work, accept_start, register_work};
pub use self::builder::EngineBuilder;
pub use self::context::{Context, ProgressError};
pub use self::engine::Engine;
pub use self::service::OperationsService;
pub use self::start::Start;
pub use lro_store::OnConflict;
