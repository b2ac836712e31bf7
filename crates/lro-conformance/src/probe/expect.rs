//! How a check says what it expects.

use tonic::Code;

/// Why a check ends before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    Failed { expected: String, seen: String },
    Skipped(String),
    NotImplemented(String),
}

/// What a check, or a step of it, comes to.
pub(crate) type Verdict<T = ()> = Result<T, Stop>;

/// What a server may answer about an operation that is not there: where it may also not be allowed, both look the same.
pub(crate) const UNKNOWN: &[Code] = &[Code::NotFound, Code::PermissionDenied];

pub(crate) fn fail(expected: impl Into<String>, seen: impl Into<String>) -> Stop {
    Stop::Failed { expected: expected.into(), seen: seen.into() }
}

pub(crate) fn skip(why: impl Into<String>) -> Stop {
    Stop::Skipped(why.into())
}

/// Fails unless `holds`.
pub(crate) fn ensure(holds: bool, expected: impl Into<String>, seen: impl Into<String>) -> Verdict {
    if holds { Ok(()) } else { Err(fail(expected, seen)) }
}

/// Codes as the documents write them.
pub(crate) fn codes(codes: &[Code]) -> String {
    codes.iter().map(|code| name(*code)).collect::<Vec<_>>().join(" or ")
}

fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
