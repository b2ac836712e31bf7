//! What every [`Store`](lro_store::Store) must do, as tests, and a store that fails on demand.
//!
//! - [`suite!`] makes the tests of a store. It takes a [`Harness`], which opens stores, and its
//!   [`Capabilities`], which choose tests.
//! - [`FaultyStore`] wraps any store: its calls fail as a test says, and it keeps a log of them.

#[doc(hidden)]
pub mod expand;
mod faulty;
mod harness;
mod model;
mod promises;
mod run;
#[expect(clippy::unchecked_time_subtraction, reason = "tests subtract constants, which do not overflow")]
mod suite;

pub use faulty::{Call, CallEnd, FailureMode, Fault, FaultyStore, LoggedCall, StoreMethod};
pub use harness::{Capabilities, Harness, HarnessError, HintReach};
