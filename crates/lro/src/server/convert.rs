//! Views as the messages that clients see.

use lro_store::{Failure, Outcome, Payload, View};
use prost::{Message, Name as _};
use prost_types::Any;

use crate::google::longrunning::{Operation, operation};
use crate::google::rpc::{self, ErrorInfo};
use crate::payload::{self, UnexpectedPayload};

/// An operation of a server whose errors have this domain.
pub(super) fn to_operation(view: &View, domain: &str) -> Operation {
    Operation {
        name: view.name().to_string(),
        metadata: view.metadata().map(to_any),
        done: view.is_done(),
        result: view.outcome().map(|outcome| match outcome {
            Outcome::Response(response) => operation::Result::Response(to_any(response)),
            Outcome::Error(failure) => operation::Result::Error(of_domain(to_rpc_status(failure), domain)),
        }),
    }
}

pub(super) fn to_any(payload: &Payload) -> Any {
    Any { type_url: payload.type_url.to_string(), value: payload.value.to_vec() }
}

pub(super) fn to_payload(any: Any) -> Payload {
    Payload::new(any.type_url, any.value)
}

/// Takes the message with the full name `type_name` out of a payload, without a copy of the payload if it is there.
pub(super) fn unpack<M: Message + Default>(
    type_name: &str,
    payload: &Payload,
) -> Result<M, UnexpectedPayload> {
    let is_of_type = payload.type_url.rsplit('/').next() == Some(type_name);
    match is_of_type.then(|| M::decode(payload.value.clone())) {
        Some(Ok(message)) => Ok(message),
        _ => payload::unpack(type_name, to_any(payload)),
    }
}

pub(super) fn to_rpc_status(failure: &Failure) -> rpc::Status {
    rpc::Status {
        code: failure.code.number(),
        message: failure.message.clone(),
        details: failure.details.iter().map(to_any).collect(),
    }
}

/// The error, with this domain where its `google.rpc.ErrorInfo` has none: what ended an operation in the store knows of no server.
fn of_domain(mut status: rpc::Status, domain: &str) -> rpc::Status {
    for detail in &mut status.details {
        if let Ok(mut info) = payload::unpack::<ErrorInfo>(&ErrorInfo::full_name(), detail.clone())
            && info.domain.is_empty()
        {
            domain.clone_into(&mut info.domain);
            *detail = payload::pack(&ErrorInfo::full_name(), &info);
        }
    }
    status
}

/// A duration that a client sent; `None` if it is negative or none at all.
///
/// Not by the conversion of `prost_types`, which panics on numbers that only a hostile client sends.
pub(super) fn to_duration(duration: prost_types::Duration) -> Option<std::time::Duration> {
    const NANOS: std::ops::Range<i32> = 0..1_000_000_000;
    let seconds = u64::try_from(duration.seconds).ok()?;
    let nanos = u32::try_from(duration.nanos).ok().filter(|_| NANOS.contains(&duration.nanos))?;
    Some(std::time::Duration::new(seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_whatever_a_stranger_sends() {
        let read = |seconds, nanos| to_duration(prost_types::Duration { seconds, nanos });
        assert_eq!(read(1, 5), Some(std::time::Duration::new(1, 5)));
        assert_eq!(read(i64::MAX, 999_999_999).map(|duration| duration.as_secs()), Some(i64::MAX as u64));
        for (seconds, nanos) in
            [(i64::MIN, 0), (i64::MIN, i32::MIN), (-1, 0), (0, -1), (1, -1), (0, i32::MAX)]
        {
            assert_eq!(read(seconds, nanos), None);
        }
    }
}
