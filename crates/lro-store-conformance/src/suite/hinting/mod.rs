//! Promises about hints.

pub(crate) mod hints;
pub(crate) mod hints_across;
