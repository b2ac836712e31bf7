//! What measurements share.
//!
//! - [`load`]: callers that call as fast as they are answered. [`pairs`]: two contenders in turn.
//! - [`figures`]: what is printed, and the limits.
//! - [`jobs`]: a service with one long-running method on an engine. [`rpc`]: its client, and connections over loopback.
//! - [`process`]: memory and processor time.

pub mod figures;
pub mod jobs;
pub mod load;
pub mod pairs;
pub mod process;
pub mod rpc;

/// What a measurement ends with. The error is for a person to read, so that its type does not matter.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
