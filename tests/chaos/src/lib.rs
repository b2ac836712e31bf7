//! Real processes on a real store while everything goes wrong, and a checker of what they did.

mod backend;
pub mod check;
pub mod child;
mod client;
mod clock;
mod dice;
pub mod event;
mod faults;
pub mod history;
mod job;
pub mod log;
mod report;
mod run;
mod settings;
mod site;
mod stall;
mod store;

pub use self::backend::Spec;
pub use self::report::Report;
pub use self::run::{Options, run};
