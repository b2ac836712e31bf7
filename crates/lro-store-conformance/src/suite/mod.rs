//! What every store must do, a file for each area. The list that runs it is in `promises`.

pub(crate) mod attempts;
pub(crate) mod batch;
pub(crate) mod claim;
pub(crate) mod content;
pub(crate) mod create;
pub(crate) mod delegated;
pub(crate) mod exclusive;
pub(crate) mod expiry;
pub(crate) mod filter;
pub(crate) mod handles;
pub(crate) mod hints;
pub(crate) mod hints_across;
pub(crate) mod list;
pub(crate) mod race;
pub(crate) mod race_key;
pub(crate) mod race_lease;
pub(crate) mod reclaim;
pub(crate) mod reopen;
pub(crate) mod request;
pub(crate) mod room;
pub(crate) mod stop;
mod support;
pub(crate) mod worker;
pub(crate) mod write;
