//! What every [`Store`](lro_store::Store) must do, as tests, and a store that fails on demand.
//!
//! - [`suite!`] makes the tests of a store: one line for all of them. It takes a [`Harness`], which opens stores,
//!   and its [`Capabilities`], which choose tests.
//! - [`FaultyStore`] wraps any store: its calls fail as a test says, before or after they took effect, come late
//!   or never, and it keeps a log of them. Hints get lost on demand too.
//! - [`guide`] says how to write a store, and has a small one that is whole.
//!
//! Tests wait for nothing and move the store's clock by hand ([`ManualClock`](lro_store::ManualClock)).

#[doc(hidden)]
pub mod expand;
mod faulty;
pub mod guide;
mod harness;
mod model;
mod promises;
mod run;
#[expect(clippy::unchecked_time_subtraction, reason = "tests subtract constants, which do not overflow")]
mod suite;

pub use faulty::{Call, CallEnd, FailureMode, Fault, FaultyStore, LoggedCall, StoreMethod};
pub use harness::{Capabilities, Harness, HarnessError, HintReach};
