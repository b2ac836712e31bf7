//! A store that fails on demand.

mod fault;
mod hints;
mod log;
mod method;
mod plan;
mod store;

pub use self::fault::{FailureMode, Fault};
pub use self::log::{Call, CallEnd, LoggedCall};
pub use self::method::StoreMethod;
pub use self::store::FaultyStore;
