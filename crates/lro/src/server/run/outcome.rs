//! What the end of the work is for the operation.

use std::time::Duration;

use lro_store::{Failure, Outcome, Payload, View};
use tokio::task::JoinError;
use tonic::Status;

use crate::server::context::retry;
use crate::server::shared::Shared;
use crate::server::state::run::Run;
use crate::server::state::unwind::panic_text;
use crate::server::status;

/// What the end of the work is for the operation.
pub(super) enum Verdict {
    /// Its end.
    Outcome(Outcome),
    /// The end of an attempt, for this reason; the next one may begin after this time.
    Retry(Failure, Duration),
    /// None: the work was dropped, and nobody has asked it to stop.
    None,
}

/// What the end of the work is for the operation.
pub(super) fn of(
    shared: &Shared,
    run: &Run,
    view: &View,
    joined: Result<Result<Payload, Status>, JoinError>,
) -> Verdict {
    let result = match joined {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => {
                tracing::error!(panic = panic_text(&*panic), "the handler panicked");
                Err(shared.errors.panicked())
            }
            Err(_aborted) => {
                let stopped = run.stop().map(|reason| Outcome::Error(reason.failure()));
                return stopped.map_or(Verdict::None, Verdict::Outcome);
            }
        },
    };
    let limit = shared.settings.max_payload_size;
    let (error, is_final) = match result {
        Ok(response) => match shared.errors.check_size("response", &response, limit) {
            Ok(()) => return Verdict::Outcome(Outcome::Response(response)),
            // Another attempt would make the same response.
            Err(too_large) => (too_large, true),
        },
        Err(error) => (error, false),
    };
    if let Some(reason) = run.stop() {
        let failure = status::to_failure_after_stop(reason, &error);
        return Verdict::Outcome(Outcome::Error(bounded(shared, failure, limit)));
    }
    let failure = bounded(shared, status::to_failure(&error), limit);
    if !is_final && retry::is_due(&error, failure.code, view) {
        let delay = view.retry().delay(view.attempts(), shared.random.unit());
        return Verdict::Retry(failure, delay.max(retry::asked_delay(&error).unwrap_or_default()));
    }
    Verdict::Outcome(Outcome::Error(failure))
}

/// The failure, or a shorter one with the same code if it is too large to keep.
fn bounded(shared: &Shared, failure: Failure, limit: usize) -> Failure {
    let size = failure.size();
    if size <= limit {
        return failure;
    }
    tracing::error!(size, message = failure.message, "the error of the work is too large to keep");
    Failure { code: failure.code, ..status::to_failure(&shared.errors.too_large("error", size, limit)) }
}
