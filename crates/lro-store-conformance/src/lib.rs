//! What every [`Store`](lro_store::Store) must do, as tests, and a store that fails on demand.
//!
//! - [`FaultyStore`] wraps any store: its calls fail as a test says, and it keeps a log of them.

mod faulty;

pub use faulty::{Call, CallEnd, FailureMode, Fault, FaultyStore, LoggedCall, StoreMethod};
