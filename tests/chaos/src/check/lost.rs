//! No operation that a client was told of is lost.

use super::{Findings, Rule, at};
use crate::event::{Answer, Request};
use crate::history::{History, Micros, Operation};

/// The number of `NOT_FOUND`.
const NOT_FOUND: i32 = 5;

pub(super) fn check(history: &History, found: &mut Findings) {
    not_found(history, found);
    for (name, operation) in &history.operations {
        came_back(name, operation, found);
    }
    let Some(audit) = history.audit else { return };
    for (name, operation) in history.kept() {
        let last =
            operation.sights.iter().filter(|(called, ..)| *called >= audit).max_by_key(|sight| sight.1);
        match last {
            Some((.., seen)) if seen.outcome.is_some() => {}
            Some(_) => found.add(Rule::Lost, format_args!("{name} has not ended in the end")),
            None => {
                found.add(Rule::Lost, format_args!("{name} was acknowledged and is not there in the end"));
            }
        }
    }
    lists(history, audit, found);
}

/// The answer that an operation does not exist must not be given unless somebody had it deleted.
fn not_found(history: &History, found: &mut Findings) {
    for (call, answered, answer) in history.answers() {
        let (Answer::Error { code: NOT_FOUND, .. }, Some(name)) = (answer, call.request.operation()) else {
            continue;
        };
        let known = history.operations.get(name);
        if known.is_some_and(|known| known.acknowledged.is_some() && !known.may_be_deleted(answered)) {
            let asked = &call.request;
            found.add(Rule::Lost, format_args!("{name} is not found at {}, by {asked:?}", at(answered)));
        }
    }
}

/// What was deleted must not be there for those who ask afterwards.
fn came_back(name: &str, operation: &Operation, found: &mut Findings) {
    let Some(deleted) = operation.deletes.iter().filter_map(|(_, answered)| *answered).min() else { return };
    if let Some((called, ..)) = operation.sights.iter().find(|(called, ..)| *called > deleted) {
        let (deleted, called) = (at(deleted), at(*called));
        found.add(
            Rule::Lost,
            format_args!("{name} was deleted by {deleted} and is there for a call at {called}"),
        );
    }
}

/// The lists of all operations at the end must have each of them once.
fn lists(history: &History, audit: Micros, found: &mut Findings) {
    for (call, answered, answer) in history.answers() {
        let (Request::List, Answer::List { names }) = (&call.request, answer) else { continue };
        if call.called < audit {
            continue;
        }
        let mut sorted = names.clone();
        sorted.sort_unstable();
        for pair in sorted.windows(2).filter(|pair| pair[0] == pair[1]) {
            found.add(Rule::Lost, format_args!("{} is twice in the list at {}", pair[0], at(answered)));
        }
        for (name, _) in history.kept() {
            if sorted.binary_search(name).is_err() {
                found.add(Rule::Lost, format_args!("{name} is not in the list at {}", at(answered)));
            }
        }
    }
}
