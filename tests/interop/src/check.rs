//! What each client tries.

use std::fmt;

use serde::Deserialize;

/// One thing that a client tries. Each has operations of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Check {
    /// The server describes its services to one who knows nothing but its address.
    Reflect,
    /// A start gives an operation that is not done, with a name below its parent and typed metadata.
    Start,
    /// What the start hook refuses is the error of the RPC.
    Refuse,
    /// Progress is seen while the work runs.
    Metadata,
    /// Polling ends with the typed response.
    Result,
    /// Polling ends with the error of the work: its code, message and details.
    Failure,
    /// An operation that is cancelled ends with CANCELLED.
    Cancel,
    /// An operation that is deleted is not found any more.
    Delete,
    /// A list has pages, and all that there is, the newest first.
    List,
    /// A filter chooses, and half a filter is refused.
    Filter,
    /// `WaitOperation` ends with its timeout, or with the operation.
    Wait,
}

impl Check {
    /// All of them.
    pub(crate) const ALL: [Self; 11] = [
        Self::Reflect,
        Self::Start,
        Self::Refuse,
        Self::Metadata,
        Self::Result,
        Self::Failure,
        Self::Cancel,
        Self::Delete,
        Self::List,
        Self::Filter,
        Self::Wait,
    ];

    /// What the programs call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reflect => "reflect",
            Self::Start => "start",
            Self::Refuse => "refuse",
            Self::Metadata => "metadata",
            Self::Result => "result",
            Self::Failure => "failure",
            Self::Cancel => "cancel",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Filter => "filter",
            Self::Wait => "wait",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
