//! What a call that failed means to those who wait.

use std::error::Error as _;
use std::time::Duration;

use prost::Message as _;
use tonic::{Code, Status};

use super::kind::NoAnswer;
use super::shared::{Shared, Trouble};
use super::transport::TooLarge;
use crate::RetryPolicy;
use crate::google::rpc;
use crate::payload;

/// Whether one who waits by this policy gives up.
pub(super) fn is_final(policy: &RetryPolicy, trouble: &Trouble, shared: &Shared) -> bool {
    let status = &trouble.failure.status;
    if too_large(status).is_some() {
        return true;
    }
    // Who would not ask again in time need not sleep until then.
    let next = trouble.pause.saturating_add(trouble.since.elapsed());
    if is_lost(status) {
        let may_come_back = trouble.was_reached || is_late(status);
        let limit = if may_come_back { Duration::MAX } else { policy.unreachable_timeout() };
        return next >= limit.min(policy.total_timeout());
    }
    if next >= policy.total_timeout() && policy.total_timeout() != Duration::ZERO {
        return true;
    }
    match status.code() {
        Code::NotFound => !may_appear(policy, shared, trouble.pause),
        // Interceptors renew their tokens.
        Code::Unauthenticated => trouble.alike >= policy.max_attempts().min(2),
        code @ (Code::Internal | Code::Unknown) => {
            !policy.retries(code) || trouble.alike >= policy.max_attempts()
        }
        code => !policy.retries(code),
    }
}

/// Whether an operation that is not found is so young that not all replicas of its server need know it.
fn may_appear(policy: &RetryPolicy, shared: &Shared, pause: Duration) -> bool {
    shared.created.is_some_and(|created| created.elapsed().saturating_add(pause) < policy.not_found_timeout())
}

/// Whether the call got no answer, so that nobody knows what the server would have said: the transport has failed, or the client
/// has given up. Statuses that the server sends have no source.
pub(super) fn is_lost(status: &Status) -> bool {
    status.source().is_some() && too_large(status).is_none()
}

/// Whether the client has given up a call that got no answer.
fn is_late(status: &Status) -> bool {
    matches!(status.source(), Some(source) if source.is::<NoAnswer>())
}

/// That an answer came that is larger than the client takes, if that is what `status` says.
pub(super) fn too_large(status: &Status) -> Option<&TooLarge> {
    status.source()?.downcast_ref()
}

/// How long the server asks to be left alone, if it does.
pub(super) fn retry_delay(status: &Status) -> Option<Duration> {
    let details = rpc::Status::decode(status.details()).ok()?.details;
    let info = details.iter().find(|detail| payload::type_name_of(detail) == "google.rpc.RetryInfo")?;
    let delay = rpc::RetryInfo::decode(info.value.as_slice()).ok()?.retry_delay?;
    Duration::try_from(delay).ok()
}
