//! No operation begins more often than it may.

use super::{Findings, Rule, at};
use crate::event::Work;
use crate::history::History;

pub(super) fn check(history: &History, found: &mut Findings) {
    for (name, operation) in &history.operations {
        let attempts = &operation.attempts;
        let Some(limit) = attempts.iter().map(|attempt| attempt.max_attempts).max() else { continue };
        if operation.plan.max_attempts != 0 && operation.plan.max_attempts != limit {
            let asked = operation.plan.max_attempts;
            found.add(
                Rule::Attempts,
                format_args!("{name} may begin {limit} times, and was asked to {asked} times"),
            );
        }
        if attempts.len() > limit as usize {
            let count = attempts.len();
            found.add(Rule::Attempts, format_args!("{name} has begun {count} times and may {limit} times"));
        }
        for attempt in attempts.iter().filter(|attempt| attempt.number == 0 || attempt.number > limit) {
            let (number, began) = (attempt.number, at(attempt.span.from));
            found
                .add(Rule::Attempts, format_args!("attempt {number} of {limit} of {name} begins at {began}"));
        }
        for pair in attempts.windows(2).filter(|pair| pair[0].number == pair[1].number) {
            let [first, second] = pair else { continue };
            let (number, one, other) = (first.number, first.process, second.process);
            found.add(
                Rule::Attempts,
                format_args!("attempt {number} of {name} begins on process {one} and on process {other}"),
            );
        }
        if operation.plan.work != Work::Handler {
            found.add(Rule::Attempts, format_args!("{name} begins, and no handler is to work on it"));
        }
    }
}
