//! The state machine: every change that an operation or a worker can go through, as pure functions.

mod fence;
mod stop;
mod transitions;
mod worker;

pub use self::fence::{Attempt, DelegateId, Fence, Holder, WorkerId};
pub use self::stop::StopReason;
pub use self::transitions::{Interruption, TransitionError};
pub use self::worker::Worker;
