//! The server's side: running the work, and the service that tells clients about it.
//!
//! [`Engine`] is the front door. Behind it, a room for each part:
//!
//! - `engine`: how it is made, what it offers, how it ends. `settings`: the numbers it goes by.
//! - `access`: who calls, and what they may do.
//! - `adapter`: what generated servers hand over. `serving`: what they hold. `handlers`: which method is done by which function.
//! - `start`: how an operation begins: what the hook decides, request ids, storing it.
//! - `run`: one attempt, watched over from its first step until its outcome is stored. `context`: what its handler
//!   sees.
//! - `tasks`: the tasks in the background, one file each.
//! - `operations`: `google.longrunning.Operations`, one file for each RPC. `filter`: the filters of its lists.
//! - `state`: the parts that all of these are made of: the runs under way, slots, waiters, page tokens, calls to the
//!   store that end in time. No part knows another one; `shared` holds one of each.
//! - `telemetry`: what those who operate the engine are told: lines of the log, spans, metrics.
//! - `testing`: a handler alone, and a server in one process, for tests (feature `testing`).
//! - `convert`, `status`: the only places where views become messages and failures become `tonic::Status`.

mod access;
mod adapter;
mod context;
mod convert;
mod engine;
mod filter;
mod handlers;
mod operations;
mod run;
mod serving;
mod settings;
mod shared;
mod start;
mod state;
mod status;
mod tasks;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;

pub use self::access::{Access, Action, Authorizer, ByParent, Caller, Everyone, OwnersOnly};
pub use self::adapter::{Registration, StartHook, Work, boxed};
pub use self::context::{CheckpointError, Context, ProgressError};
pub use self::engine::{Completion, Engine, EngineBuilder, MethodStats, OperationStream, Stats, Watch};
pub use self::operations::OperationsService;
pub use self::serving::{Serving, register_method, start_operation, stream_operation};
pub use self::settings::OnDelete;
pub use self::start::{CompletionToken, InvalidToken, PlainStart, Start, plain_start};
pub use lro_store::{OnConflict, Retry};
