//! Who calls, and what they may do.
//!
//! `caller`: who calls. `authorizer`: the trait that decides, and `ready_made` what implements it here. `guard`: how the
//! rest of the server asks.

mod authorizer;
mod caller;
mod guard;
mod ready_made;

pub use self::authorizer::{Access, Action, Authorizer};
pub use self::caller::Caller;
pub(super) use self::guard::{Guard, Identify};
pub use self::ready_made::{ByParent, Everyone, OwnersOnly};
