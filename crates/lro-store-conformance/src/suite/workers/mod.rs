//! Promises about workers, other handles and restarts.

pub(crate) mod handles;
pub(crate) mod reclaim;
pub(crate) mod reopen;
pub(crate) mod worker;
