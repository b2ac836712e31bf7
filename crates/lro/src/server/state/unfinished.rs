//! Work that has stopped before its end.

use std::sync::Arc;

use lro_store::{Release, Timestamp, View, WriteResult};

use super::run::Run;

/// Work that has stopped because the engine does, and whose operation is to be handed back.
#[derive(Debug)]
pub(in crate::server) struct Unfinished {
    pub(in crate::server) release: Release,
    run: Arc<Run>,
    /// When its attempt began, by the store's clock.
    pub(in crate::server) began: Timestamp,
}

impl Unfinished {
    pub(in crate::server) fn new(release: Release, run: Arc<Run>, began: Timestamp) -> Self {
        Self { release, run, began }
    }

    /// The operation, if it has ended by being handed back with this result.
    pub(in crate::server) fn ended(&self, result: &WriteResult) -> Option<View> {
        self.run.note_release(self.release.clone(), result)
    }
}
