//! What a call that failed means to those who wait.

use std::error::Error as _;
use std::time::Duration;

use prost::Message as _;
use tonic::{Code, Status};

use super::kind::NoAnswer;
use super::shared::{Shared, Trouble};
use super::transport::{TooLarge, WillNotDo};
use crate::RetryPolicy;
use crate::google::rpc;
use crate::payload;

/// Whether one who waits by this policy gives up.
pub(super) fn is_final(policy: &RetryPolicy, trouble: &Trouble, shared: &Shared) -> bool {
    // Who would not ask again in time need not sleep until then.
    patience(policy, trouble, shared).is_none_or(|left| left.is_zero() || trouble.pause > left)
}

/// For how long calls that fail as this one did are made again; `None` if one failure says it all.
pub(super) fn patience(policy: &RetryPolicy, trouble: &Trouble, shared: &Shared) -> Option<Duration> {
    let status = &trouble.failure.status;
    let code = status.code();
    let failing = trouble.since.elapsed();
    let mut left = policy.total_timeout().saturating_sub(failing);
    let goes_on = if too_large(status).is_some() || will_not_do(status) {
        false
    } else if is_lost(status) {
        if !trouble.was_reached && !is_late(status) {
            left = left.min(policy.unreachable_timeout().saturating_sub(failing));
        }
        true
    } else if code == Code::NotFound {
        // Not all replicas of a server need know at once what is so young.
        let age = shared.created.map_or(Duration::MAX, |created| created.elapsed());
        left = left.min(policy.not_found_timeout().saturating_sub(age));
        true
    } else if code == Code::Unauthenticated {
        // Interceptors renew their tokens.
        trouble.alike < policy.max_attempts().min(2)
    } else if matches!(code, Code::Internal | Code::Unknown) {
        policy.retries(code) && trouble.alike < policy.max_attempts()
    } else {
        policy.retries(code)
    };
    goes_on.then_some(left)
}

/// Whether a call that was refused may be made once more at once: interceptors renew their tokens, and the server has done nothing.
pub(super) fn may_have_new_token(policy: &RetryPolicy, status: &Status) -> bool {
    status.code() == Code::Unauthenticated && policy.max_attempts() > 1
}

/// Whether the call got no answer, so that nobody knows what the server would have said: the transport has failed, or the client
/// has given up. Statuses that the server sends have no source.
pub(super) fn is_lost(status: &Status) -> bool {
    status.source().is_some() && too_large(status).is_none() && !will_not_do(status)
}

/// Whether the same call will never do.
pub(super) fn will_not_do(status: &Status) -> bool {
    matches!(status.source(), Some(source) if source.is::<WillNotDo>())
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
