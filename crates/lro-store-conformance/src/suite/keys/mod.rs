//! Promises about exclusive keys.

pub(crate) mod exclusive;
pub(crate) mod preempt;
