//! The ceilings: the same bytes written to plain tables, with nothing around it.

pub(crate) mod postgres;
pub(crate) mod sqlite;

/// How large a request and a response are, in bytes.
pub(crate) const PAYLOAD: usize = 256;
