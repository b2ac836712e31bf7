//! How the suite talks to servers.

mod codec;
mod connection;
mod descriptors;
mod file_set;
mod reflection;

pub(crate) use connection::Connection;
pub(crate) use descriptors::{Descriptors, Method, type_name};
pub(crate) use reflection::services;
