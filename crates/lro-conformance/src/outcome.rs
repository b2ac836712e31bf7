//! What became of a check.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// The server does it.
    Passed,
    /// The server does something else.
    Failed(Failure),
    /// It could not be looked at, and what would change that.
    Skipped {
        /// Why, and which option would let it run.
        why: String,
    },
    /// The server answers UNIMPLEMENTED, as it may.
    NotImplemented {
        /// Which part of the interface it does not offer.
        what: String,
    },
}

/// What was expected and what was there instead.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// What the source demands.
    pub expected: String,
    /// What was seen.
    pub seen: String,
    /// The last calls of the check, oldest first.
    pub exchanges: Vec<Exchange>,
}

/// A call and its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Exchange {
    /// The method, without its package.
    pub call: String,
    /// The request.
    pub sent: String,
    /// The answer, or the status.
    pub came: String,
    /// How long the answer took, in seconds.
    #[serde(serialize_with = "seconds")]
    pub took: Duration,
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, sent, came, took } = self;
        write!(f, "{call} {sent} → {came} ({:.3} s)", took.as_secs_f64())
    }
}

/// Writes a duration as seconds.
pub(crate) fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}
