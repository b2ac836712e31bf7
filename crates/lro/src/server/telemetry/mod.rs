//! What an engine tells those who operate it: lines of the log, spans, and metrics. docs/src/operating.md has the tables.
//!
//! - `ended`: the line for an operation that has ended. `codes`: what outcomes are called.
//! - `attempt`: what is told of one attempt. `spans`: the spans of the engine. `trace_context`: the trace that a request is part of, kept with its operation.
//! - `blocked`: handlers that keep their thread.
//! - `advice`: what is probably a mistake of the program.
//! - `metrics`, `opentelemetry`: what only these features compile. Each has two forms with the same functions, of
//!   which the one without the feature does nothing; so no other room asks which features there are.

mod advice;
mod attempt;
mod blocked;
mod codes;
mod ended;
mod spans;
mod trace_context;

#[cfg_attr(feature = "metrics", path = "metrics/on.rs")]
#[cfg_attr(not(feature = "metrics"), path = "metrics/off.rs")]
pub(super) mod metrics;
#[cfg_attr(feature = "opentelemetry", path = "opentelemetry/on.rs")]
#[cfg_attr(not(feature = "opentelemetry"), path = "opentelemetry/off.rs")]
mod opentelemetry;

pub(super) use self::advice::Advice;
pub(super) use self::attempt::{Attempt, AttemptEnd};
pub(super) use self::blocked::{Polls, Watched};
pub(super) use self::ended::{ended, ended_by_store, may_be_ended_by_cancel, wants_ends};
pub(super) use self::spans::{StartSpan, wait_span};
