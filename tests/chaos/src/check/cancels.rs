//! What was cancelled begins no more. That it ends is checked with all others.

use super::{Findings, Rule, at};
use crate::history::{History, Micros, SECOND, Span};

/// How long after a worker was given an operation its handler may begin: the store's answer may take ten seconds.
const CLAIM_TO_BEGIN: Micros = 15 * SECOND;

pub(super) fn check(history: &History, found: &mut Findings) {
    for (name, operation) in &history.operations {
        let Some(cancelled) = operation.cancels.iter().filter_map(|(_, answered)| *answered).min() else {
            continue;
        };
        for attempt in &operation.attempts {
            let span = Span::new(cancelled, attempt.span.from);
            let late = attempt.span.from > cancelled + CLAIM_TO_BEGIN;
            // A process that stood still may begin what it was given before.
            if late && !history.is_troubled(attempt.process, span) {
                let (number, cancelled, began) = (attempt.number, at(cancelled), at(attempt.span.from));
                found.add(
                    Rule::Cancels,
                    format_args!(
                        "{name} was cancelled by {cancelled}, and its attempt {number} begins at {began}"
                    ),
                );
            }
        }
    }
}
