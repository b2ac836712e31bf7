//! Work that excludes other work does not overlap with it.
//!
//! A handler that goes on is not yet a fault: a process that stood still for longer than its lease cannot know that others
//! have taken over, and needs a moment to find out. The contract is that a process which runs stops such work before its
//! lease could be over, and that nothing counts which one writes that was late. So the times in which a process stood still,
//! a moment after each, and the lease after a step of the store's clock are taken out of what its handlers did; what is left must not overlap.

use std::collections::BTreeMap;

use super::{Findings, Rule, at};
use crate::history::{Attempt, History, Span};

pub(super) fn check(history: &History, found: &mut Findings) {
    let mut groups: BTreeMap<(&str, &str), Vec<Activity<'_>>> = BTreeMap::new();
    for (name, operation) in &history.operations {
        // What is deleted has no key any more, though its work goes on.
        if !operation.deletes.is_empty() {
            continue;
        }
        for attempt in &operation.attempts {
            for span in active(history, attempt) {
                let activity = Activity { name, attempt, span };
                if let Some(key) = &operation.plan.key {
                    groups.entry(("key", key)).or_default().push(activity);
                } else if history.strict {
                    groups.entry(("operation", name)).or_default().push(activity);
                }
            }
        }
    }
    for ((_, of), mut activities) in groups {
        activities.sort_by_key(|activity| (activity.span.from, activity.span.to));
        overlaps(of, &activities, found);
    }
}

/// A stretch of time in which a handler did something.
#[derive(Debug, Clone, Copy)]
struct Activity<'a> {
    name: &'a str,
    attempt: &'a Attempt,
    span: Span,
}

/// When a handler did something that it must not do beside another one.
fn active(history: &History, attempt: &Attempt) -> Vec<Span> {
    let frozen =
        history.processes.get(&attempt.process).map(|process| process.frozen.as_slice()).unwrap_or_default();
    let mut spans = vec![attempt.span];
    for frozen in frozen.iter().chain(&history.early_leases) {
        spans = spans.into_iter().flat_map(|span| span.without(*frozen)).collect();
    }
    spans
}

fn overlaps(of: &str, activities: &[Activity<'_>], found: &mut Findings) {
    let Some((mut latest, rest)) = activities.split_first() else { return };
    for activity in rest {
        let is_other = activity.name != latest.name || activity.attempt.number != latest.attempt.number;
        if let Some(both) = activity.span.common(latest.span).filter(|_| is_other) {
            let describe = |activity: &Activity<'_>| {
                let Attempt { number, process, .. } = activity.attempt;
                format!("attempt {number} of {} on process {process}", activity.name)
            };
            found.add(
                Rule::Exclusive,
                format_args!(
                    "under {of}, {} runs beside {} from {} to {}",
                    describe(activity),
                    describe(latest),
                    at(both.from),
                    at(both.to)
                ),
            );
        }
        if activity.span.to > latest.span.to {
            latest = activity;
        }
    }
}
