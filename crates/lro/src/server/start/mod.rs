//! How an operation begins.

mod create;
mod join;
mod options;
mod plain;
mod prepare;
mod request_id;
mod token;

pub(super) use self::create::{Begun, begin};
pub(super) use self::join::{begin_or_join, conflict};
pub use self::options::Start;
pub use self::plain::{PlainStart, plain_start};
#[cfg(feature = "testing")]
pub(super) use self::prepare::assemble;
pub(super) use self::prepare::{checked, prepare};
pub(super) use self::request_id::{answer, find};
pub use self::token::{CompletionToken, InvalidToken};
