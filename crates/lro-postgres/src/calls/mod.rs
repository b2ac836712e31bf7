//! The calls of a store, a file for those that belong together.

pub(crate) mod claim;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod purge;
pub(crate) mod read;
pub(crate) mod stop;
pub(crate) mod transaction;
pub(crate) mod workers;
pub(crate) mod write;
