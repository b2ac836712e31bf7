//! What is in the database: the tables and their versions, the statements, and the locks that are no rows.

pub(crate) mod locks;
pub(crate) mod schema;
pub(crate) mod sql;
