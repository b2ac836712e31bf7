//! A process that is well keeps what it runs, and what that reaches is the outcome.
//!
//! Others may take over only from a process that is silent for its lease. So while a process and the store are well, no attempt
//! is told that it has lost its operation, none is dropped without a reason, and what one has reached is there soon after.

use super::{Findings, Rule, at};
use crate::event::Reached;
use crate::history::{Attempt, History, Micros, Operation, SECOND, Span};

/// For how long before the attempt began its process must have been well: longer than a lease. It had one when it was given the
/// operation.
const BEFORE: Micros = 5 * SECOND;

/// For how long it must have been well after the attempt ended.
const AFTER: Micros = 10 * SECOND;

pub(super) fn check(history: &History, found: &mut Findings) {
    for (name, operation) in history.operations.iter().filter(|(_, known)| known.deletes.is_empty()) {
        for attempt in operation.attempts.iter().filter(|attempt| is_well(history, attempt)) {
            if let Some(what) = fault(operation, attempt) {
                let (number, process, when) = (attempt.number, attempt.process, at(attempt.span.to));
                found.add(
                    Rule::Taken,
                    format_args!("attempt {number} of {name} on process {process} {what} at {when}"),
                );
            }
        }
    }
}

fn is_well(history: &History, attempt: &Attempt) -> bool {
    let Span { from, to } = attempt.span;
    !history.is_troubled(attempt.process, Span::new(from.saturating_sub(BEFORE), to.saturating_add(AFTER)))
}

fn fault(operation: &Operation, attempt: &Attempt) -> Option<String> {
    let may_be_stopped =
        !operation.cancels.is_empty() || operation.plan.deadline || operation.plan.key.is_some();
    match &attempt.reached {
        None if attempt.is_dropped && !may_be_stopped => Some("is dropped for no reason".into()),
        Some(Reached::Lost) => Some("is told that it has lost its operation".into()),
        Some(reached @ (Reached::Response(_) | Reached::Error(_))) => {
            let later = operation.attempts.iter().find(|other| other.number > attempt.number);
            let is_late = |sight: &&(Micros, Micros, _)| sight.0 > attempt.span.to + AFTER;
            let open = operation.sights.iter().filter(is_late).find(|(.., seen)| seen.outcome.is_none());
            match (later, open) {
                (Some(later), _) => {
                    Some(format!("has reached {reached:?}, and attempt {} has begun,", later.number))
                }
                (_, Some((called, ..))) => Some(format!(
                    "has reached {reached:?}, and for a call at {} it has no outcome,",
                    at(*called)
                )),
                _ => None,
            }
        }
        _ => None,
    }
}
