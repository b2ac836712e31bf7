//! Promises about reading, and about what is not readable any more.

pub(crate) mod expiry;
pub(crate) mod filter;
pub(crate) mod list;
