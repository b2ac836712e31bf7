//! What each call of the store does in its transaction, or reads.

mod at_once;
pub(crate) mod claim;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod purge;
pub(crate) mod read;
pub(crate) mod stop;
pub(crate) mod workers;
pub(crate) mod write;
