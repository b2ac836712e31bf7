//! One operation in memory.

use crate::{Payload, Record, View};

/// About how many bytes an operation takes beside its payloads: itself, its name, and its places in the indices.
const OVERHEAD: usize = 800;

/// One operation in memory.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) view: View,
    pub(super) request: Payload,
    pub(super) checkpoint: Option<Payload>,
}

impl Entry {
    pub(super) fn record(&self) -> Record {
        Record::new(self.view.clone(), self.request.clone(), self.checkpoint.clone())
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        OVERHEAD
            + self.view.size()
            + self.view.labels().size()
            + self.request.size()
            + self.checkpoint.as_ref().map_or(0, Payload::size)
    }

    /// About how many bytes a new operation will take.
    pub(super) fn size_of_new(operation: &crate::NewOperation) -> usize {
        OVERHEAD + operation.name().as_str().len() + operation.labels().size() + operation.payload_size()
    }
}
