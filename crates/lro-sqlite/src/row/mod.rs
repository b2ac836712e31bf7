//! Operations as rows.

pub(crate) mod change;
pub(crate) mod column;
mod insert;
pub(crate) mod keys;
mod labels;
mod select;
mod update;

pub(crate) use self::insert::insert;
pub(crate) use self::select::{Stored, by_id, by_name, by_request, record_by_id, record_by_request};
pub(crate) use self::update::{delete, put_checkpoint, put_metadata, put_result, update};

/// What keeps a queued operation from being claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    /// Nothing, or it is not queued.
    Nothing = 0,
    /// Its time.
    Time = 1,
    /// The holder of its key.
    Key = 2,
}
