//! Connections to the server.

pub(crate) mod connect;
pub(crate) mod connection;
pub(crate) mod pool;
#[cfg(feature = "rustls")]
pub(crate) mod tls;
