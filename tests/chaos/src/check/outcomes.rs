//! One outcome each, and it never changes.

use super::{Findings, Rule, at};
use crate::event::Answer;
use crate::history::{History, Operation};

pub(super) fn check(history: &History, found: &mut Findings) {
    for (name, operation) in &history.operations {
        same(name, operation, found);
    }
    completions(history, found);
}

fn same(name: &str, operation: &Operation, found: &mut Findings) {
    let Some((_, ended, first)) = operation.end() else { return };
    for (called, answered, seen) in &operation.sights {
        if seen.outcome.is_none() && called > ended {
            let (ended, called) = (at(*ended), at(*called));
            found.add(
                Rule::Outcomes,
                format_args!("{name} was done by {ended} and is not for a call at {called}"),
            );
        } else if seen.outcome.is_some() && seen != first {
            let when = at(*answered);
            found.add(
                Rule::Outcomes,
                format_args!("{name} has ended with {first:?}, and at {when} with {seen:?}"),
            );
        }
    }
}

/// Of the completions of an operation that others finish, one counts.
fn completions(history: &History, found: &mut Findings) {
    let mut counted: Vec<&str> = Vec::new();
    for (call, answered, answer) in history.answers() {
        if let (Answer::Completion { applied: true }, Some(name)) = (answer, call.request.operation()) {
            if counted.contains(&name) {
                found.add(
                    Rule::Outcomes,
                    format_args!("a second completion of {name} counts at {}", at(answered)),
                );
            }
            counted.push(name);
        }
    }
}
