//! Promises about operations on their way: claims, writes, attempts, requests to stop.

pub(crate) mod attempts;
pub(crate) mod claim;
pub(crate) mod delegated;
pub(crate) mod stop;
pub(crate) mod write;
