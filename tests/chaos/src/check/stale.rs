//! Nothing is written by an attempt that others have taken over.
//!
//! A claim and a write are atomic, so these rules need no clock: once a later attempt has begun, an earlier one can end
//! nothing any more, and once an attempt has ended the operation, none can begin.

use super::results::attempt_of;
use super::{Findings, Rule, at};
use crate::history::{History, Operation};

pub(super) fn check(history: &History, found: &mut Findings) {
    for (name, operation) in &history.operations {
        outcome(name, operation, found);
        progress(history, name, operation, found);
        checkpoints(name, operation, found);
    }
}

fn outcome(name: &str, operation: &Operation, found: &mut Findings) {
    let Some((.., seen)) = operation.end() else { return };
    let Some(writer) = seen.outcome.as_ref().and_then(|outcome| attempt_of(operation, outcome)) else {
        return;
    };
    if let Some(later) = operation.attempts.iter().find(|attempt| attempt.number > writer.number) {
        let (number, process, began) = (writer.number, writer.process, at(later.span.from));
        found.add(
            Rule::Stale,
            format_args!(
                "the outcome of {name} is that of attempt {number} on process {process}, and attempt {} has begun at {began} on \
                 process {}",
                later.number, later.process
            ),
        );
    }
}

/// Progress of an earlier attempt must not come after that of a later one, unless the last of it went with a server that
/// crashed: alone of all that is written, progress may.
fn progress(history: &History, name: &str, operation: &Operation, found: &mut Findings) {
    let mut sights: Vec<_> = operation
        .sights
        .iter()
        .filter_map(|(called, answered, seen)| Some((*called, *answered, seen.progress?.0)))
        .collect();
    sights.sort_unstable_by_key(|(_, answered, _)| *answered);
    for (place, (called, shown, attempt)) in sights.iter().enumerate() {
        // Those answered before this one was asked for.
        let earlier = sights[..place].iter().filter(|(_, answered, _)| {
            answered < called && !history.crashes.iter().any(|crash| (answered..=shown).contains(&crash))
        });
        if let Some((_, seen, later)) =
            earlier.max_by_key(|(.., attempt)| *attempt).filter(|sight| sight.2 > *attempt)
        {
            let (seen, called) = (at(*seen), at(*called));
            found.add(
                Rule::Stale,
                format_args!(
                    "{name} shows progress of attempt {later} by {seen}, and of attempt {attempt} for a call at {called}"
                ),
            );
        }
    }
    // An attempt that shows progress can only have been the last one at the end.
    let Some((.., seen)) = operation.end() else { return };
    let last = operation.attempts.iter().map(|attempt| attempt.number).max();
    if let (Some((attempt, _)), Some(last)) = (seen.progress, last)
        && attempt > last
    {
        found.add(
            Rule::Stale,
            format_args!("{name} shows progress of attempt {attempt}, which has not begun"),
        );
    }
}

/// A checkpoint that an attempt asks for when a later one has begun must not be acknowledged.
fn checkpoints(name: &str, operation: &Operation, found: &mut Findings) {
    for attempt in &operation.attempts {
        for (stored, number) in &attempt.stored {
            let Some((asked, _)) = attempt.asked.iter().rev().find(|(_, asked)| asked == number) else {
                continue;
            };
            // Of an operation that was deleted everything is acknowledged and nothing kept.
            if operation.may_be_deleted(*stored) {
                continue;
            }
            if let Some(later) = operation.overtaken(attempt.number, *asked) {
                let (began, asked) = (at(later.span.from), at(*asked));
                found.add(
                    Rule::Stale,
                    format_args!(
                        "attempt {} of {name} is told that checkpoint {number} is stored, for which it asked at {asked}, and \
                         attempt {} had begun at {began}",
                        attempt.number, later.number
                    ),
                );
            }
        }
    }
}
