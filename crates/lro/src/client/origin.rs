//! What is known of how an operation was started.

use std::sync::Arc;

use super::operation::Operation;

/// The method and the request that have started an operation, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    /// The path of the method; empty if it is not known.
    pub(super) method: &'static str,
    pub(super) request_id: Option<Arc<str>>,
}

impl<Res, Meta> Operation<Res, Meta> {
    /// The path of the method that has started the operation, `/package.Service/Method`; empty if it is not known, because the handle was made
    /// without types.
    pub fn method(&self) -> &'static str {
        self.origin.method
    }

    /// The id of the request that has started the operation (AIP-155). `None` if the request had none, or if the handle was made from
    /// a name alone.
    pub fn request_id(&self) -> Option<&str> {
        self.origin.request_id.as_deref()
    }

    /// The same handle, which knows the id of the request; an empty one is none.
    pub(super) fn started_with(mut self, request_id: Option<&str>) -> Self {
        self.origin.request_id = request_id.filter(|id| !id.is_empty()).map(Arc::from);
        self
    }
}
