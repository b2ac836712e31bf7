//! What the status of a call says that has failed.
//!
//! Where the code does not say enough, the client marks a status with a `source`: that nobody answered, that the answer is too large, or that the same
//! call will never do. Statuses that the server sends have none.

use std::error::Error as _;
use std::time::Duration;

use prost::Message as _;
use tonic::{Code, Status};

use super::NoAnswer;
use crate::RetryPolicy;
use crate::client::transport::{TooLarge, WillNotDo};
use crate::google::rpc;
use crate::payload;

/// Whether a call that was refused may be made once more at once: interceptors renew their tokens, and the server has done nothing.
pub(in crate::client) fn may_have_new_token(policy: &RetryPolicy, status: &Status) -> bool {
    status.code() == Code::Unauthenticated && policy.max_attempts() > 1
}

/// Whether the call got no answer, so that nobody knows what the server would have said: the transport has failed, or the client
/// has given up. Statuses that the server sends have no source.
pub(in crate::client) fn is_lost(status: &Status) -> bool {
    status.source().is_some() && too_large(status).is_none() && !will_not_do(status)
}

/// Whether the same call will never do.
pub(in crate::client) fn will_not_do(status: &Status) -> bool {
    matches!(status.source(), Some(source) if source.is::<WillNotDo>())
}

/// Whether the client has given up a call that got no answer.
pub(in crate::client) fn is_late(status: &Status) -> bool {
    matches!(status.source(), Some(source) if source.is::<NoAnswer>())
}

/// That an answer came that is larger than the client takes, if that is what `status` says.
pub(in crate::client) fn too_large(status: &Status) -> Option<&TooLarge> {
    status.source()?.downcast_ref()
}

/// How long the server asks to be left alone, if it does.
pub(in crate::client) fn retry_delay(status: &Status) -> Option<Duration> {
    let details = rpc::Status::decode(status.details()).ok()?.details;
    let info = details.iter().find(|detail| payload::type_name_of(detail) == "google.rpc.RetryInfo")?;
    let delay = rpc::RetryInfo::decode(info.value.as_slice()).ok()?.retry_delay?;
    Duration::try_from(delay).ok()
}
