//! The file: connections to it, and its tables.

mod connect;
mod library;
mod schema;

pub(crate) use self::connect::Place;
pub(crate) use self::schema::migrate;
