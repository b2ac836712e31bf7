//! Asking for work.

use std::sync::Arc;

use crate::WorkerId;

/// What work a worker asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// Who asks.
    pub worker: WorkerId,
    /// The methods that it has handlers for, each once.
    pub methods: Vec<MethodLimit>,
    /// At most how many operations in all, up to [`MAX_BATCH`](crate::MAX_BATCH).
    pub limit: usize,
}

/// At most how many operations of one method to claim.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodLimit {
    /// The path of the RPC.
    pub method: Arc<str>,
    /// At most how many.
    pub limit: usize,
}

impl Claim {
    /// A claim that names no method yet, and so gets nothing.
    pub fn new(worker: WorkerId, limit: usize) -> Self {
        Self { worker, methods: Vec::new(), limit }
    }

    /// Asks for at most `limit` operations of `method` too.
    #[must_use]
    pub fn method(mut self, method: impl Into<Arc<str>>, limit: usize) -> Self {
        self.methods.push(MethodLimit { method: method.into(), limit });
        self
    }
}
