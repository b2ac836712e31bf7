//! What every store must do, a file for each area. The list that runs it is in `promises`.

mod hinting;
mod keys;
mod racing;
mod reading;
mod running;
mod starting;
mod support;
mod workers;

pub(crate) use self::hinting::{hints, hints_across};
pub(crate) use self::keys::{exclusive, preempt};
pub(crate) use self::racing::{race, race_key, race_lease};
pub(crate) use self::reading::{expiry, filter, list};
pub(crate) use self::running::{attempts, claim, delegated, stop, write};
pub(crate) use self::starting::{batch, content, create, request, room};
pub(crate) use self::workers::{handles, reclaim, reopen, worker};
