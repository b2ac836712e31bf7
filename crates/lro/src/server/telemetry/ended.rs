//! The line for an operation that has ended.

use std::time::Duration;

use lro_store::{Holder, Outcome, State, Timestamp, View};

use super::{codes, metrics};

/// The most bytes of an error's message that a line has.
const LONGEST_MESSAGE: usize = 500;

/// Tells of an operation that has ended. `began` is when its last attempt began; `None` if there was none, or if nobody
/// here knows when.
pub(in crate::server) fn ended(view: &View, began: Option<Timestamp>) {
    let (Some(outcome), Some(end)) = (view.outcome(), view.end_time()) else { return };
    let code = codes::outcome(outcome);
    metrics::finished(view.method(), code);
    let total = end.saturating_duration_since(view.create_time());
    let (queue, run) = match began {
        Some(began) => (
            Some(began.saturating_duration_since(view.create_time())),
            Some(end.saturating_duration_since(began)),
        ),
        None if view.attempts() == 0 => (Some(total), Some(Duration::ZERO)),
        None => (None, None),
    };
    let error = match outcome {
        Outcome::Response(_) => None,
        Outcome::Error(failure) => Some(short(&failure.message)),
    };
    tracing::info!(
        target: "lro::operation",
        name = %view.name(),
        method = %view.method(),
        outcome = code,
        error,
        attempts = view.attempts(),
        queue = queue.map(tracing::field::debug),
        run = run.map(tracing::field::debug),
        ?total,
        "the operation has ended"
    );
}

/// Tells of operations that a call of the store has ended, which nobody else learns of.
pub(in crate::server) fn ended_by_store(views: &[View]) {
    for view in views {
        ended(view, None);
    }
}

/// Whether anybody wants to know of operations that end.
pub(in crate::server) fn wants_ends() -> bool {
    metrics::ENABLED || tracing::enabled!(target: "lro::operation", tracing::Level::INFO)
}

/// Whether a cancellation would end this operation at once, so that no attempt will tell of its end.
pub(in crate::server) fn may_be_ended_by_cancel(view: &View) -> bool {
    matches!(view.state(), State::Queued { .. } | State::Running { holder: Holder::Delegate(_), .. })
}

fn short(message: &str) -> &str {
    let end = (0..=LONGEST_MESSAGE.min(message.len())).rev().find(|end| message.is_char_boundary(*end));
    &message[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_characters() {
        assert_eq!(short("gone"), "gone");
        assert_eq!(short(&"ü".repeat(400)), "ü".repeat(250));
        assert_eq!(short(&format!("x{}", "ü".repeat(400))).len(), 499);
    }
}
