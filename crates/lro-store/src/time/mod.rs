//! Points in time, and where a store gets the present one from.

mod clock;
mod timestamp;

pub use self::clock::{Clock, ManualClock, SystemClock};
pub use self::timestamp::Timestamp;
