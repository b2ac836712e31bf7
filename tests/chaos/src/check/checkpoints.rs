//! The next attempt goes on from what was acknowledged.

use super::{Findings, Rule, at};
use crate::history::{Attempt, History, Operation};

pub(super) fn check(history: &History, found: &mut Findings) {
    for (name, operation) in &history.operations {
        for attempt in &operation.attempts {
            if let Some(what) = fault(operation, attempt) {
                let (number, began) = (attempt.number, at(attempt.span.from));
                found.add(
                    Rule::Checkpoints,
                    format_args!("attempt {number} of {name} begins at {began} {what}"),
                );
            }
        }
    }
}

fn fault(operation: &Operation, attempt: &Attempt) -> Option<String> {
    let earlier = || operation.attempts.iter().filter(|other| other.number < attempt.number);
    let from = attempt.checkpoint;
    if let Some(number) = from
        && !earlier().any(|other| is_made(operation, other, number))
    {
        return Some(format!(
            "from checkpoint {number}, which no attempt before it has made while it had the operation"
        ));
    }
    // The checkpoints of an operation that was deleted are acknowledged and kept nowhere.
    if operation.may_be_deleted(attempt.span.from) {
        return None;
    }
    let stored =
        earlier().flat_map(|other| other.stored.iter().map(move |(at, number)| (other, *at, *number)));
    let in_time = stored.filter(|(_, at, _)| *at < attempt.span.from);
    let (other, stored, number) = in_time.max_by_key(|(.., number)| *number)?;
    (from < Some(number)).then(|| {
        let (attempt, stored) = (other.number, at(stored));
        format!(
            "from checkpoint {from:?}, and attempt {attempt} was told at {stored} that {number} is stored"
        )
    })
}

/// Whether an attempt may have stored a checkpoint: whether it asked for that before another one has begun.
fn is_made(operation: &Operation, attempt: &Attempt, number: u64) -> bool {
    let mut asked = attempt.asked.iter().filter(|(_, asked)| *asked == number);
    asked.any(|(at, _)| operation.overtaken(attempt.number, *at).is_none())
}
