//! Work that excludes other work does not overlap with it.
//!
//! A handler that goes on is not yet a fault: a process that stood still for longer than its lease cannot know that others
//! have taken over, and needs a moment to find out. The contract is that a process which runs stops such work before its
//! lease could be over, and that nothing counts which one writes that was late. So the times in which a process stood still,
//! a moment after each, and the lease after a step of the store's clock are taken out of what its handlers did; what is left must not overlap.

use std::collections::BTreeMap;

use super::{Findings, Rule, at};
use crate::history::{Attempt, History, Micros, SECOND, Span};

/// How long after an attempt has ended the next one of its key begins that has waited for it.
const AT_ONCE: Micros = SECOND;

pub(super) fn check(history: &History, found: &mut Findings) {
    for ((_, of), attempts) in groups(history) {
        let mut activities: Vec<Activity<'_>> = attempts
            .into_iter()
            .flat_map(|(name, attempt)| {
                active(history, attempt).into_iter().map(move |span| Activity { name, attempt, span })
            })
            .collect();
        activities.sort_by_key(|activity| (activity.span.from, activity.span.to));
        overlaps(of, &activities, found);
    }
}

/// How much there was to overlap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Pairs of attempts that exclude each other; each was compared.
    pub pairs: usize,
    /// Those of them of which one has begun within a second of the end of the other: it has waited.
    pub in_turn: usize,
    /// Those of them that went on at a time. They may where a process stood still or the clock has stepped; else that is found.
    pub at_a_time: usize,
}

/// How much exclusive work was compared.
pub fn compared(history: &History) -> Compared {
    let mut compared = Compared::default();
    for (_, mut attempts) in groups(history) {
        attempts.sort_by_key(|(_, attempt)| attempt.span.from);
        for (place, (_, later)) in attempts.iter().enumerate() {
            for (_, earlier) in &attempts[..place] {
                compared.pairs += 1;
                if later.span.meets(earlier.span) {
                    compared.at_a_time += 1;
                } else if later.span.from < earlier.span.to.saturating_add(AT_ONCE) {
                    compared.in_turn += 1;
                }
            }
        }
    }
    compared
}

/// The attempts that exclude each other, by what they have in common: a key, or the operation in a run that is strict.
fn groups(history: &History) -> Groups<'_> {
    let mut groups = Groups::new();
    // What is deleted has no key any more, though its work goes on.
    for (name, operation) in history.operations.iter().filter(|(_, known)| known.deletes.is_empty()) {
        let of = match &operation.plan.key {
            Some(key) => ("key", key.as_str()),
            None if history.strict => ("operation", name.as_str()),
            None => continue,
        };
        let attempts = operation.attempts.iter().map(|attempt| (name.as_str(), attempt));
        groups.entry(of).or_default().extend(attempts);
    }
    groups
}

type Groups<'a> = BTreeMap<(&'a str, &'a str), Vec<(&'a str, &'a Attempt)>>;

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
