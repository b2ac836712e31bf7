//! What a handle is told about how to ask.

use crate::{Polling, RetryPolicy};

/// The settings of one handle.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Settings {
    pub(super) polling: Polling,
    pub(super) retry: RetryPolicy,
    /// Whether an operation that has ended without a response and without an error has succeeded.
    pub(super) accepts_missing_result: bool,
}
