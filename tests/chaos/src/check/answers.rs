//! Calls are answered with what they may be answered with.

use super::{Findings, Rule, at};
use crate::event::{Answer, Request};
use crate::history::{History, Micros, SECOND, Span};

const NOT_FOUND: i32 = 5;
const RESOURCE_EXHAUSTED: i32 = 8;
const ABORTED: i32 = 10;
const UNAVAILABLE: i32 = 14;

/// How long what went wrong before a call may still be the reason of its failure.
const BEFORE: Micros = 15 * SECOND;

pub(super) fn check(history: &History, found: &mut Findings) {
    for (call, answered, answer) in history.answers() {
        let is_start = matches!(call.request, Request::Start { .. });
        let span = Span::new(call.called.saturating_sub(BEFORE), answered);
        let is_fine = match answer {
            Answer::Error { code: NOT_FOUND, .. } => call.request.operation().is_some(),
            Answer::Error { code: ABORTED | RESOURCE_EXHAUSTED, .. } => is_start,
            Answer::Error { code: UNAVAILABLE, .. } | Answer::Lost { .. } => {
                history.is_troubled(call.process, span)
            }
            Answer::Error { .. } => false,
            Answer::GivenUp => true,
            Answer::Operation(seen) => match call.request.operation() {
                Some(asked) => asked == seen.name,
                None => is_start && !seen.name.is_empty(),
            },
            Answer::Empty => matches!(call.request, Request::Cancel { .. } | Request::Delete { .. }),
            Answer::Completion { .. } => matches!(call.request, Request::Complete { .. }),
            Answer::List { .. } => matches!(call.request, Request::List),
        };
        if !is_fine {
            let (process, called, answered) = (call.process, at(call.called), at(answered));
            found.add(
                Rule::Answers,
                format_args!(
                    "process {process} was asked {:?} at {called}, and the answer at {answered} is {answer:?}",
                    call.request
                ),
            );
        }
    }
}
