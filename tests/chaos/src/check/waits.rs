//! Who waits is answered: in time, and when there is something to say.

use super::{Findings, Rule, at};
use crate::event::{Answer, Request};
use crate::history::{Call, History, Micros, SECOND, Span};

/// How late an answer may be where nothing is wrong but that the machine has much to do.
const LATE: Micros = 6 * SECOND;

/// How long a hint that is lost may delay the answer to who waits.
const UNHINTED: Micros = 10 * SECOND;

pub(super) fn check(history: &History, found: &mut Findings) {
    for call in &history.calls {
        let Some((answered, answer)) = &call.answer else {
            found.add(
                Rule::Waits,
                format_args!("{:?} of {} was never answered", call.request, at(call.called)),
            );
            continue;
        };
        let Request::Wait { operation, millis } = &call.request else { continue };
        let span = Span::new(call.called.saturating_sub(LATE), *answered);
        if *answered > call.called + millis * 1_000 + LATE && !history.is_troubled(call.process, span) {
            let (called, took) = (at(call.called), at(answered - call.called));
            found.add(
                Rule::Waits,
                format_args!("a wait for {operation} of {called} took {took} instead of {millis} ms"),
            );
        }
        if let Answer::Operation(seen) = answer
            && seen.outcome.is_none()
        {
            unnoticed(history, call, operation, *answered, found);
        }
    }
}

/// Whether somebody waited on though the end had been seen by others for long.
fn unnoticed(history: &History, call: &Call, operation: &str, answered: Micros, found: &mut Findings) {
    let Some((_, ended, _)) = history.operations.get(operation).and_then(|known| known.end()) else { return };
    let span = Span::new((*ended).min(call.called), answered);
    if ended + UNHINTED < answered && !history.is_troubled(call.process, span) {
        let (ended, answered) = (at(*ended), at(answered));
        found.add(
            Rule::Waits,
            format_args!(
                "{operation} was done by {ended}, and who waited was told at {answered} that it is not"
            ),
        );
    }
}
