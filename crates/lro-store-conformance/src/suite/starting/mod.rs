//! Promises about new operations, and about what a store keeps of them.

pub(crate) mod batch;
pub(crate) mod content;
pub(crate) mod create;
pub(crate) mod request;
pub(crate) mod room;
