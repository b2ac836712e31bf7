//! What a server gets wrong about callers.

use tonic::{Code, Status};

/// Whether it was denied, or there is nothing.
pub(super) fn is_hidden(status: &Status) -> bool {
    matches!(status.code(), Code::PermissionDenied | Code::NotFound)
}
