//! The state machine: every change that an operation or a worker can go through, as pure functions.

mod fence;
mod interruption;
mod stop;
mod transitions;
mod worker;

pub use self::fence::{Attempt, DelegateId, Fence, Holder, WorkerId};
pub use self::interruption::Interruption;
pub use self::stop::StopReason;
pub use self::transitions::TransitionError;
pub use self::worker::Worker;
