//! What is known of how an operation was started.

use std::sync::Arc;

/// The method and the request that have started an operation, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(in crate::client) struct Origin {
    /// The path of the method; empty if it is not known.
    pub(in crate::client) method: &'static str,
    pub(in crate::client) request_id: Option<Arc<str>>,
}
