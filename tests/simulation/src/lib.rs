//! The engine in small worlds where everything goes wrong, by seed, on paused time.
//!
//! A [schedule](run) is one single-threaded runtime with a few processes over one memory store: each an engine of its own
//! behind a connection that fails. Clients start operations with all kinds of options, cancel, delete and wait; calls are
//! refused, hang, are slow or lose their answers, hints are lost, processes crash at any call and drain, the store is away
//! for longer than a lease, and its clock steps. Then it is calm, and everything has to come to its end. All that is
//! random comes from the seed, so a seed is all that it takes to see a schedule again.
//!
//! - `schedule`: one schedule, from its first process to the last check. `knobs`: what it is like.
//! - `site`, `process`, `service`, `job`: the processes and their work. `client`: who calls them.
//! - `weather`, `chaos`: what goes wrong with calls, and without a call.
//! - `recorder`, `history`: what happened in the store's order, and what must hold of it.
//! - `run`: many schedules on all cores.

mod chaos;
mod client;
mod clock;
mod history;
mod job;
mod knobs;
mod panics;
mod process;
mod recorder;
mod report;
mod run;
mod schedule;
mod service;
mod site;
mod weather;

pub use self::report::{Coverage, Report};
pub use self::run::{Summary, run, run_all};
