//! Why work should not go on.

use std::error::Error;
use std::fmt;

use lro_store::StopReason;
use tonic::Status;

use crate::payload::UnexpectedPayload;
use crate::server::status::{Errors, reason};

/// Why work should not go on after it reported progress or made a checkpoint. In a handler, `?` makes a
/// `tonic::Status` of it.
#[derive(Debug)]
pub struct ProgressError {
    fault: Fault,
    errors: Errors,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("{0}")]
    Stopped(StopReason),
    #[error("another attempt has taken the operation over")]
    Lost,
    #[error("the operation is done already")]
    Done,
    #[error("the {what} has {size} bytes; at most {limit} are allowed")]
    TooLarge { what: &'static str, size: usize, limit: usize },
    #[error("what was to be stored with the checkpoint could not be: {}", .0.message())]
    Refused(Status),
    #[error(transparent)]
    Store(lro_store::Error),
}

impl ProgressError {
    pub(super) fn new(fault: Fault, errors: Errors) -> Self {
        Self { fault, errors }
    }

    /// Whether the work is asked to stop, for whatever [`reason`](Self::stop_reason). What was reported is kept,
    /// and the work may still finish.
    pub fn is_cancelled(&self) -> bool {
        self.stop_reason().is_some()
    }

    /// Why the work is asked to stop, if it is.
    pub fn stop_reason(&self) -> Option<&StopReason> {
        match &self.fault {
            Fault::Stopped(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether another attempt has taken the operation over. Stop: nothing that this one does counts any more.
    pub fn is_lost(&self) -> bool {
        matches!(self.fault, Fault::Lost)
    }

    /// Whether the operation is done already.
    pub fn is_done(&self) -> bool {
        matches!(self.fault, Fault::Done)
    }

    /// Whether the message is larger than the engine allows. What was there before it is still there.
    pub fn is_too_large(&self) -> bool {
        matches!(self.fault, Fault::TooLarge { .. })
    }

    /// Whether what was to be written in the transaction of a checkpoint could not be. Neither is stored. As a status it
    /// is that which the writing has failed with.
    pub fn is_refused(&self) -> bool {
        matches!(self.fault, Fault::Refused(_))
    }

    /// Whether the store is broken. A store that cannot be reached is waited for instead.
    pub fn is_store_failure(&self) -> bool {
        matches!(self.fault, Fault::Store(_))
    }
}

impl fmt::Display for ProgressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl Error for ProgressError {
    /// What is behind the fault, whose own text is that of this error.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault.source()
    }
}

impl From<ProgressError> for Status {
    fn from(error: ProgressError) -> Self {
        let errors = &error.errors;
        match &error.fault {
            Fault::Stopped(reason) => errors.stopped(reason),
            Fault::Lost => errors.attempt_over(reason::ATTEMPT_LOST, &error.to_string()),
            Fault::Done => errors.attempt_over(reason::OPERATION_DONE, &error.to_string()),
            Fault::TooLarge { what, size, limit } => errors.too_large(what, *size, *limit),
            Fault::Refused(status) => status.clone(),
            Fault::Store(store) => errors.store(store),
        }
    }
}

/// Why the last checkpoint cannot be given: it is of another type, such as that of another version of the server.
/// In a handler, `?` makes a `tonic::Status` of it, and then the operation fails.
#[derive(Debug)]
pub struct CheckpointError {
    unexpected: UnexpectedPayload,
    errors: Errors,
}

impl CheckpointError {
    pub(super) fn new(unexpected: UnexpectedPayload, errors: Errors) -> Self {
        Self { unexpected, errors }
    }

    /// The checkpoint as it is stored.
    pub fn payload(&self) -> &crate::Any {
        self.unexpected.payload()
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the last checkpoint: {}", self.unexpected)
    }
}

impl Error for CheckpointError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.unexpected.source()
    }
}

impl From<CheckpointError> for Status {
    fn from(error: CheckpointError) -> Self {
        error.errors.wrong_checkpoint(&error.unexpected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload;

    #[test]
    fn what_is_behind_an_error_says_nothing_twice() {
        let fault = Fault::Store(lro_store::Error::internal("the disk is full"));
        let error = ProgressError::new(fault, Errors::new("lro".into()));
        assert!(error.is_store_failure() && !error.is_cancelled());
        let mut texts = vec![error.to_string()];
        let mut source = error.source();
        while let Some(error) = source {
            texts.push(error.to_string());
            source = error.source();
        }
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert_eq!(texts[1], "the disk is full");
    }

    #[test]
    fn a_checkpoint_that_cannot_be_read_says_why() {
        let payload = crate::Any { type_url: "type.googleapis.com/a.B".to_owned(), value: vec![0xff] };
        let unexpected = payload::unpack::<crate::Any>("a.B", payload).unwrap_err();
        let (text, cause) = (unexpected.to_string(), unexpected.source().map(ToString::to_string));
        let error = CheckpointError::new(unexpected, Errors::new("lro".into()));
        assert_eq!(error.to_string(), format!("the last checkpoint: {text}"));
        assert!(cause.is_some());
        assert_eq!(error.source().map(ToString::to_string), cause);
    }
}
