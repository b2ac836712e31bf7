//! Real processes on a real store while everything goes wrong, and a checker of what they did.
//!
//! A [`run()`] starts the store's server where there is one, processes that serve and processes that work, and plays the
//! clients itself, over sockets. By a seed it kills, stops and drains processes, restarts the database, has a standby take over
//! from it, lets networks fail and clocks step. Everybody writes down what they do, each into a file of their own; in the end all is mended, everything has to
//! come to its end, and the [checker](check::check) looks at what was written down. What happens depends on when real
//! processes do what they do, so a seed does not make a run repeatable: the logs do.
//!
//! - [`event`], [`log`]: what is written down, and where.
//! - [`history`], [`check`]: the same sorted by what it is about, and the rules, each in a file. Both are pure.
//! - [`child`]: a process: `service` is the handler, `server` what clients reach. `job`: the work. `settings`, `store`, `clock`,
//!   [`server_clock`]: what it is on.
//! - `run`, `backend`, `site`: the one that runs them all, the store's server, the processes. `client`: who calls them.
//!   `faults`: what goes wrong. `stall`: what went wrong by itself.
//! - [`Scene`]: the same processes in a test that does to them what it wants, one thing after the other. `gate`: what their
//!   work waits for then.
//! - [`Report`]: what it has come to.

mod backend;
pub mod check;
pub mod child;
mod client;
mod clock;
pub mod event;
mod faults;
mod gate;
pub mod history;
mod job;
pub mod log;
mod report;
mod run;
mod scene;
pub mod server_clock;
mod settings;
mod site;
mod stall;
mod store;

pub use self::backend::Spec;
pub use self::faults::Fault;
pub use self::report::Report;
pub use self::run::{Options, run};
pub use self::scene::{Actor, Caller, Role, Scene, Script};
pub use self::store::Target;
