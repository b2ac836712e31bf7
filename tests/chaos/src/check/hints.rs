//! Who waits for what another process does is told when it ends, and does not find out by looking from time to time.
//!
//! A hint may be lost, so nothing can be said of one wait. But where nothing is wrong, most hints must arrive: if half of all
//! waits end late, hints are worth nothing, such as when they are given before others can see what they are about.

use super::results::attempt_of;
use super::{Findings, Rule};
use crate::event::{Answer, Request};
use crate::history::{Call, History, Micros, SECOND, Span};

/// How many waits it takes to say anything.
const ENOUGH: usize = 20;

/// How long before the end a wait must have begun, so that it was there when the hint came.
const EARLIER: Micros = SECOND / 10;

pub(super) fn check(history: &History, found: &mut Findings) {
    let Some((count, median)) = lateness(history).filter(|(count, _)| *count >= ENOUGH) else { return };
    if median > history.poll / 4 {
        let (median, poll) = (median / 1_000, history.poll / 1_000);
        found.add(
            Rule::Hints,
            format_args!(
                "of {count} waits for what other processes do, half were answered {median} ms and more after the end, where who \
                 gets no hint looks every {poll} ms"
            ),
        );
    }
}

/// How many waits there were for what other processes did while nothing was wrong, and how long after the end the one in
/// the middle was answered.
pub fn lateness(history: &History) -> Option<(usize, Micros)> {
    let mut late: Vec<Micros> =
        history.answers().filter_map(|(call, at, answer)| of(history, call, at, answer)).collect();
    late.sort_unstable();
    Some((late.len(), *late.get(late.len() / 2)?))
}

fn of(history: &History, call: &Call, answered: Micros, answer: &Answer) -> Option<Micros> {
    let (Request::Wait { operation, .. }, Answer::Operation(seen)) = (&call.request, answer) else {
        return None;
    };
    let attempt = attempt_of(history.operations.get(operation)?, seen.outcome.as_ref()?)?;
    let (ended, span) = (attempt.span.to, Span::new(call.called, answered));
    let is_troubled = history.is_troubled(call.process, span) || history.is_troubled(attempt.process, span);
    let is_told = call.called + EARLIER < ended && call.process != attempt.process && !is_troubled;
    is_told.then(|| answered.saturating_sub(ended))
}
