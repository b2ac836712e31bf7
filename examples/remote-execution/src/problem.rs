//! Errors, as the API wants them.

use std::io;

use lro::google::rpc::{self, PreconditionFailure, precondition_failure::Violation};
use lro::payload;
use prost::{Message as _, Name as _};
use tonic::{Code, Status};

use crate::digest;
use crate::pb::Digest;

/// Blobs are missing: a client that uploads them can try again. The details name each of them.
pub fn missing(digests: &[Digest]) -> Status {
    let violation = |missing: &Digest| Violation {
        r#type: "MISSING".to_owned(),
        subject: format!("blobs/{}", digest::text(missing)),
        description: "is not in the storage; upload it".to_owned(),
    };
    let failure = PreconditionFailure { violations: digests.iter().map(violation).collect() };
    let subjects: Vec<_> = failure.violations.iter().map(|violation| violation.subject.as_str()).collect();
    let message = format!("not in the storage: {}; upload and try again", subjects.join(", "));
    let code = Code::FailedPrecondition;
    let details = vec![payload::pack(&PreconditionFailure::full_name(), &failure)];
    let status = rpc::Status { code: code.into(), message: message.clone(), details };
    Status::with_details(code, message, status.encode_to_vec().into())
}

/// The blobs that an error says are missing, each as `blobs/{hash}/{size}`.
pub fn missing_blobs(status: &Status) -> Vec<String> {
    let details = to_message(status).details.into_iter();
    let failures =
        details.filter_map(|detail| payload::unpack(&PreconditionFailure::full_name(), detail).ok());
    let violations = failures.flat_map(|failure: PreconditionFailure| failure.violations);
    violations.filter(|violation| violation.r#type == "MISSING").map(|violation| violation.subject).collect()
}

/// A part of a request cannot be.
pub fn invalid(what: &str, why: impl AsRef<str>) -> Status {
    Status::invalid_argument(format!("{what}: {}", why.as_ref()))
}

/// The server's own files fail it.
pub fn own(error: &io::Error) -> Status {
    Status::internal(format!("the server cannot use its files: {error}"))
}

/// A status as the message that results have.
pub fn to_message(status: &Status) -> rpc::Status {
    let described = rpc::Status::decode(status.details()).ok().filter(|described| described.code != 0);
    described.unwrap_or_else(|| rpc::Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: Vec::new(),
    })
}

/// Runs what uses files on a thread where it may block.
///
/// # Errors
///
/// That of the work, or INTERNAL if it panics.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Status> + Send + 'static,
) -> Result<T, Status> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or_else(|_| Err(Status::internal("the server has a fault; its log says more")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_can_be_read_from_the_error() {
        let status = missing(&[digest::of(b"a"), digest::of(b"bc")]);
        assert_eq!(status.code(), Code::FailedPrecondition);
        let expected =
            [b"a".as_slice(), b"bc"].map(|bytes| format!("blobs/{}", digest::text(&digest::of(bytes))));
        assert_eq!(missing_blobs(&status), expected);
    }

    #[test]
    fn an_error_without_details_is_a_message_too() {
        let message = to_message(&Status::aborted("why"));
        assert_eq!((message.code, message.message.as_str()), (Code::Aborted.into(), "why"));
        assert!(missing_blobs(&Status::aborted("why")).is_empty());
    }
}
