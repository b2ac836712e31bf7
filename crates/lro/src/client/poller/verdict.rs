//! What a call that failed means to those who wait.

use std::time::Duration;

use tonic::Code;

use crate::RetryPolicy;
use crate::client::failure::status::{is_late, is_lost, too_large, will_not_do};
use crate::client::shared::{Shared, Trouble};

/// Whether one who waits by this policy gives up.
pub(in crate::client) fn is_final(policy: &RetryPolicy, trouble: &Trouble, shared: &Shared) -> bool {
    // Who would not ask again in time need not sleep until then.
    patience(policy, trouble, shared).is_none_or(|left| left.is_zero() || trouble.pause > left)
}

/// For how long calls that fail as this one did are made again; `None` if one failure says it all.
pub(in crate::client) fn patience(
    policy: &RetryPolicy,
    trouble: &Trouble,
    shared: &Shared,
) -> Option<Duration> {
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
