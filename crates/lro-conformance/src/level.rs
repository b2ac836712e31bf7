//! How binding a check is.

use std::fmt;

use serde::Serialize;

/// How binding a check is, in the words of RFC 2119.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// A server that fails it breaks clients that rely on the interface.
    Must,
    /// A server may have a reason to do otherwise, but has to know it.
    Should,
    /// A courtesy. Failing it says how the server is, and counts for nothing.
    May,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        })
    }
}
