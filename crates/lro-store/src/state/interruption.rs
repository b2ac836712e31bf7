//! How work is given up before its end.

use std::time::Duration;

use crate::operation::error_info;
use crate::{Failure, FailureCode};

/// How a worker gives up what it has not finished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interruption {
    /// Whether the work has begun. If not, the attempt does not count.
    pub begun: bool,
    /// How long nobody may claim it, in whole microseconds and at most
    /// [`MAX_DURATION`](crate::NewOperation::MAX_DURATION).
    pub delay: Duration,
    /// What the operation ends with if it has no attempt left; without it, ABORTED.
    pub failure: Option<Failure>,
}

impl Interruption {
    /// The work was stopped before its end.
    pub fn begun() -> Self {
        Self { begun: true, ..Self::default() }
    }

    /// The work has not begun.
    pub fn not_begun() -> Self {
        Self::default()
    }

    /// The work has failed, and is to be tried again after a while.
    pub fn retry(failure: Failure, delay: Duration) -> Self {
        Self { begun: true, delay, failure: Some(failure) }
    }

    /// What an operation ends with that was interrupted as often as it may begin.
    pub(super) fn used_up(attempts: u32) -> Failure {
        let message = match attempts {
            1 => "the work was interrupted and may not begin twice; check what it has done before starting it again"
                .to_owned(),
            _ => format!(
                "the work was begun {attempts} times and interrupted each time, which is as often as it may; \
                 check what it has done before starting it again"
            ),
        };
        let details = vec![error_info("OPERATION_INTERRUPTED", None)];
        Failure { details, ..Failure::new(FailureCode::ABORTED, message) }
    }
}
