//! Promises that calls at the same time put to the test.

pub(crate) mod race;
pub(crate) mod race_key;
pub(crate) mod race_lease;
