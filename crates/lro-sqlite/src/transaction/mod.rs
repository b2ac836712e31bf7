//! A transaction that writes, and the closures of callers in it.

mod closure;
mod step;

pub use self::closure::in_transaction;
pub(crate) use self::closure::{Writes, guard, run};
pub(crate) use self::step::Step;
