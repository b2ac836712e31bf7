//! The seam by which a test of a handler sees what it reports.

use std::fmt::Debug;

use lro_store::Payload;

use crate::codegen::BoxFuture;

/// Takes what a handler reports, in place of a store. The handler stands still until the future is ready.
pub(in crate::server) trait Recorder: Debug + Send + Sync {
    /// Takes progress.
    fn progress(&self, metadata: Payload) -> BoxFuture<'_, ()>;

    /// Takes a checkpoint.
    fn checkpoint(&self, checkpoint: Payload) -> BoxFuture<'_, ()>;
}
