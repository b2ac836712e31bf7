//! What calls about an operation carry of the call that started it.

use tokio::time::Instant;
use tonic::metadata::MetadataMap;

use crate::client::header;

/// What the call that started an operation had with it, and later calls have too.
#[derive(Debug, Clone, Default)]
pub(in crate::client) struct Carried {
    pub(in crate::client) metadata: MetadataMap,
    /// When the caller's time is over.
    pub(in crate::client) deadline: Option<Instant>,
}

impl Carried {
    /// The metadata of a call. If it has a time limit, that is the caller's time for the whole operation, from `begin` on.
    pub(in crate::client) fn of(metadata: &MetadataMap, begin: Instant) -> Self {
        let deadline = header::timeout(metadata).and_then(|timeout| begin.checked_add(timeout));
        Self { metadata: header::lasting(metadata), deadline }
    }
}
