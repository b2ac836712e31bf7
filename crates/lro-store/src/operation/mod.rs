//! What a store keeps of an operation.

mod error_info;
mod exclusive;
mod labels;
mod name;
mod new_operation;
mod outcome;
mod owner;
mod parts;
mod pattern;
mod record;
mod request;
mod retry;

pub(crate) use self::error_info::error_info;
pub use self::exclusive::{ExclusiveKey, InvalidKey, OnConflict, holder};
pub use self::labels::{InvalidLabel, Labels};
pub use self::name::{InvalidName, MAX_NAME_LEN, OperationName, Parent};
pub(crate) use self::new_operation::storable;
pub use self::new_operation::{Beginning, NewOperation};
pub use self::outcome::{Failure, FailureCode, Outcome, Payload};
pub use self::owner::{InvalidOwner, Owner};
pub use self::parts::{InvalidRecord, ViewParts};
pub use self::pattern::ParentPattern;
pub use self::record::{Record, State, StateKind, View};
pub use self::request::{InvalidRequestId, RequestId, RequestKey};
pub use self::retry::{InvalidRetry, Retry};
