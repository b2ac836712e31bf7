//! The Execution service of the Remote Execution API, version 2, on the engine: actions that run in child processes, and
//! whose states are told by streams of operations.
//!
//! The server: [`server`] puts the services together. [`execution`] has the long-running method, which [`plan`]s an action,
//! runs it on the [`machine`] in a [`sandbox`], and remembers its result in the [`action_cache`]; [`cas`] keeps all blobs, by
//! their [`digest`]s, and [`storage`] answers for them. [`problem`] makes the errors.
//!
//! The client: a [`job`] is what a user wants to run, [`client`] uploads it as an action and follows it, [`show`] prints what
//! becomes of it. [`demo`] shows both, with a [`proxy`] that breaks connections.

/// Generated from `proto`, which has the part of the API that this example speaks.
#[allow(clippy::pedantic, reason = "generated code is not written to that taste")]
pub mod pb {
    lro::include_proto!("build.bazel.remote.execution.v2");
}

pub mod action_cache;
pub mod cas;
pub mod client;
pub mod demo;
pub mod digest;
pub mod execution;
pub mod job;
pub mod machine;
pub mod plan;
pub mod problem;
pub mod proxy;
pub mod sandbox;
pub mod server;
pub mod show;
pub mod storage;
