//! The repeats of a request start one operation, and one that is refused none.

use std::collections::BTreeMap;

use super::{Findings, Rule};
use crate::event::{Answer, Request};
use crate::history::History;

pub(super) fn check(history: &History, found: &mut Findings) {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, operation) in &history.operations {
        for id in &operation.requests {
            names.entry(id).or_default().push(name);
        }
        if operation.requests.len() > 1 {
            let ids = &operation.requests;
            found.add(Rule::Requests, format_args!("{name} was started by several requests: {ids:?}"));
        }
    }
    for (id, names) in &names {
        // The id of an operation that is deleted is free for another one.
        let is_kept =
            |name: &&&str| history.operations.get(**name).is_some_and(|known| known.deletes.is_empty());
        let kept: Vec<_> = names.iter().filter(is_kept).collect();
        if kept.len() > 1 {
            found.add(Rule::Requests, format_args!("request {id} has started several operations: {kept:?}"));
        }
    }
    for id in refused(history) {
        if let Some(names) = names.get(id) {
            found.add(Rule::Requests, format_args!("request {id} was refused and has started {names:?}"));
        }
    }
}

/// The requests all of whose tries were refused: ABORTED, or because there was no room.
fn refused(history: &History) -> impl Iterator<Item = &str> {
    const RESOURCE_EXHAUSTED: i32 = 8;
    const ABORTED: i32 = 10;
    let mut refused: BTreeMap<&str, bool> = BTreeMap::new();
    for call in &history.calls {
        let Request::Start { request_id, .. } = &call.request else { continue };
        let is_refused =
            matches!(call.answer, Some((_, Answer::Error { code: RESOURCE_EXHAUSTED | ABORTED, .. })));
        let all = refused.entry(request_id).or_insert(true);
        *all &= is_refused;
    }
    refused.into_iter().filter(|(_, all)| *all).map(|(id, _)| id)
}
