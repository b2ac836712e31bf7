//! What callers hand to a store, and what it answers.

mod claim;
mod creation;
mod in_transaction;
mod keep_alive;
mod list;
mod sweep;
mod write;

pub use self::claim::{Claim, MethodLimit};
pub use self::creation::{Created, Creation};
pub use self::in_transaction::{InTransaction, Refusal};
pub use self::keep_alive::{KeepAlive, Stop};
pub use self::list::{Cursor, ListQuery, Page, TimeRange};
pub use self::sweep::Sweep;
pub use self::write::{Finish, Release, Report, WriteResult};
