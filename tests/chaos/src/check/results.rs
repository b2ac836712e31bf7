//! The outcome is what an attempt of the operation has reached, or what somebody has asked for.

use super::{Findings, Rule, at};
use crate::event::{Answer, Outcome, Reached, Request, Work};
use crate::history::{Attempt, History, Micros, Operation, SECOND, Span};

/// How long before an attempt reached its end its process must have been well for the outcome to be sure of being taken.
const WELL_BEFORE: Micros = 20 * SECOND;

/// How long after.
const WELL_AFTER: Micros = 15 * SECOND;

const CANCELLED: i32 = 1;
const DEADLINE_EXCEEDED: i32 = 4;
const ABORTED: i32 = 10;
const INTERNAL: i32 = 13;

/// The attempt that has reached an outcome, if one has.
pub(super) fn attempt_of<'a>(operation: &'a Operation, outcome: &Outcome) -> Option<&'a Attempt> {
    let fits = |attempt: &&Attempt| match (outcome, &attempt.reached) {
        (Outcome::Response(text), Some(Reached::Response(reached))) => text == reached,
        (Outcome::Error { message, .. }, Some(Reached::Error(reached) | Reached::Retry(reached))) => {
            message == reached
        }
        (Outcome::Error { code: INTERNAL, .. }, Some(Reached::Panic)) => true,
        _ => false,
    };
    operation.attempts.iter().rev().find(fits)
}

pub(super) fn check(history: &History, found: &mut Findings) {
    for (name, operation) in &history.operations {
        if let Some((_, ended, seen)) = operation.end()
            && let Some(outcome) = &seen.outcome
            && let Err(why) = explain(history, name, operation, *ended, outcome)
        {
            found.add(Rule::Results, format_args!("{name} has ended with {outcome:?}, {why}"));
        }
        completed(history, name, operation, found);
    }
}

/// Whether there is something that the outcome comes from.
fn explain(
    history: &History,
    name: &str,
    operation: &Operation,
    ended: Micros,
    outcome: &Outcome,
) -> Result<(), &'static str> {
    let was = |applies: bool, why| if applies { Ok(()) } else { Err(why) };
    if let Some(attempt) = attempt_of(operation, outcome) {
        let asks_again = matches!(attempt.reached, Some(Reached::Retry(_)));
        return was(!asks_again || attempt.number >= attempt.max_attempts, "though it was to be tried again");
    }
    match outcome {
        Outcome::Response(_) if operation.plan.work == Work::Nobody => Ok(()),
        Outcome::Response(text) => {
            let completed = history.calls.iter().any(|call| match &call.request {
                Request::Complete { operation, text: asked } => {
                    operation == name && asked == text && call.called <= ended
                }
                _ => false,
            });
            was(operation.plan.work == Work::Others && completed, "which nobody has reached")
        }
        Outcome::Error { code: CANCELLED, .. } => {
            was(operation.cancels.iter().any(|(called, _)| *called <= ended), "and nobody has cancelled it")
        }
        Outcome::Error { code: DEADLINE_EXCEEDED, .. } => was(operation.plan.deadline, "and has no deadline"),
        Outcome::Error { code: ABORTED, message } => aborted(history, operation, message),
        Outcome::Error { .. } => Err("which nobody has reached"),
    }
}

/// Whether an operation may have been aborted for the reason that it gives.
fn aborted(history: &History, operation: &Operation, message: &str) -> Result<(), &'static str> {
    if let Some((_, by)) = message.split_once("pre-empted by ") {
        let Some(by) = history.operations.get(by) else {
            // Nobody may ever have been told of it, when its own answer was lost and nothing of it has begun.
            return if operation.plan.key.is_some() { Ok(()) } else { Err("and has no exclusive key") };
        };
        let fits = by.plan.preempts && by.plan.key.is_some() && by.plan.key == operation.plan.key;
        return if fits || by.requests.is_empty() { Ok(()) } else { Err("which wants nothing that it has") };
    }
    if !message.contains("interrupted") {
        return Err("which nobody has reached");
    }
    let last = operation.attempts.last();
    let is_troubled = last.is_none_or(|last| {
        history.is_troubled(
            last.process,
            Span::new(last.span.from.saturating_sub(WELL_BEFORE), last.span.to.saturating_add(WELL_AFTER)),
        )
    });
    if is_troubled { Ok(()) } else { Err("and nothing has interrupted it") }
}

/// A completion that counted is the outcome.
fn completed(history: &History, name: &str, operation: &Operation, found: &mut Findings) {
    let Some(Outcome::Response(text)) = operation.end().and_then(|(.., seen)| seen.outcome.as_ref()) else {
        return;
    };
    for (call, answered, answer) in history.answers() {
        if let (Request::Complete { operation, text: asked }, Answer::Completion { applied: true }) =
            (&call.request, answer)
            && operation == name
            && asked != text
        {
            let answered = at(answered);
            found.add(
                Rule::Results,
                format_args!(
                    "{name} was completed with {asked:?} by {answered}, and has ended with {text:?}"
                ),
            );
        }
    }
}
