//! Why work is asked to stop.

use std::fmt;

use crate::operation::error_info;
use crate::{Failure, FailureCode, OperationName};

/// Why the work of an operation is asked to stop, and so how the operation ends if the work does stop.
///
/// The first reason stays: work that is asked to stop already is not asked again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// A client has cancelled it.
    Cancelled,
    /// This newer operation wants the exclusive key ([`OnConflict::Preempt`](crate::OnConflict::Preempt)).
    Preempted(OperationName),
    /// It was not done by its deadline.
    DeadlineExceeded,
}

impl StopReason {
    /// The code that an operation ends with which stops for this reason.
    pub fn code(&self) -> FailureCode {
        match self {
            Self::Cancelled => FailureCode::CANCELLED,
            Self::Preempted(_) => FailureCode::ABORTED,
            Self::DeadlineExceeded => FailureCode::DEADLINE_EXCEEDED,
        }
    }

    /// What an operation ends with that stops for this reason. Its details have a `google.rpc.ErrorInfo` whose domain is
    /// empty.
    pub fn failure(&self) -> Failure {
        let (reason, by) = match self {
            Self::Cancelled => ("OPERATION_CANCELLED", None),
            Self::Preempted(by) => ("OPERATION_PREEMPTED", Some(by.as_str())),
            Self::DeadlineExceeded => ("OPERATION_DEADLINE_EXCEEDED", None),
        };
        Failure { details: vec![error_info(reason, by)], ..Failure::new(self.code(), self.to_string()) }
    }
}

/// Says what happened to the operation.
impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the operation was cancelled"),
            Self::Preempted(by) => write!(f, "the operation was pre-empted by {by}"),
            Self::DeadlineExceeded => f.write_str("the operation was not done by its deadline"),
        }
    }
}
