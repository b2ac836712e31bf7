//! The part of a filter that stores can look for themselves, so that what is not wanted is not read.
//!
//! Whatever a store does, what it gives is put to the whole filter again. So this may ask for more than is wanted and must not ask for less.

use std::sync::Arc;

use lro_store::{FailureCode, ListQuery, Owner, StateKind, TimeRange, Timestamp};

use super::compare::Compare;
use super::evaluate::{Node, Test};
use super::tree::Op;

/// Narrows a query to what can satisfy a filter; `None` if nothing can.
pub(super) fn narrow(node: &Node, query: ListQuery) -> Option<ListQuery> {
    match node {
        Node::All(nodes) => nodes.iter().try_fold(query, |query, node| narrow(node, query)),
        Node::Any(nodes) => either(nodes, query),
        Node::Not(_) => Some(query),
        Node::Test(test) => narrow_by(test, query),
    }
}

/// Whether a store does all of it.
pub(super) fn is_whole(node: &Node) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(is_whole),
        Node::Any(nodes) => methods(nodes).is_some() || codes(nodes).is_some(),
        Node::Not(_) => false,
        Node::Test(test) => match test {
            Test::Done(_) => true,
            Test::Method(compare) | Test::Owner(compare) => exact(compare).is_some(),
            Test::CreateTime(compare) | Test::UpdateTime(compare) | Test::EndTime(compare) => {
                range(compare).is_some()
            }
            Test::ErrorCode(compare) => code(compare).is_some(),
            _ => false,
        },
    }
}

fn narrow_by(test: &Test, mut query: ListQuery) -> Option<ListQuery> {
    match test {
        Test::Done(true) | Test::HasError | Test::HasResponse | Test::ErrorMessage(_) | Test::Response(_) => {
            return in_states(query, &[StateKind::Done]);
        }
        Test::Done(false) => return in_states(query, &[StateKind::Queued, StateKind::Running]),
        Test::Method(compare) => {
            if let Some(method) = exact(compare) {
                return of_methods(query, &[method]);
            }
        }
        Test::Owner(compare) => {
            if let Some(owner) = exact(compare) {
                // What is no owner is nobody's.
                let owner = Owner::new(owner).ok()?;
                if query.owner.as_ref().is_some_and(|only| *only != owner) {
                    return None;
                }
                query.owner = Some(owner);
            }
        }
        Test::CreateTime(compare) => query.create_time = within(query.create_time, compare)?,
        Test::UpdateTime(compare) => query.update_time = within(query.update_time, compare)?,
        Test::EndTime(compare) => {
            query.end_time = within(query.end_time, compare)?;
            return in_states(query, &[StateKind::Done]);
        }
        Test::ErrorCode(compare) => {
            if let Some(number) = code(compare) {
                return with_codes(query, &[number]);
            }
            return in_states(query, &[StateKind::Done]);
        }
        Test::Name(_) | Test::Label(..) | Test::HasLabels | Test::HasMetadata | Test::Metadata(_) => {}
    }
    Some(query)
}

fn either(nodes: &[Node], query: ListQuery) -> Option<ListQuery> {
    if let Some(methods) = methods(nodes) {
        return of_methods(query, &methods);
    }
    if let Some(codes) = codes(nodes) {
        return with_codes(query, &codes);
    }
    Some(query)
}

/// The methods of alternatives that each ask for one.
fn methods(nodes: &[Node]) -> Option<Vec<&str>> {
    let methods = nodes.iter().map(|node| match node {
        Node::Test(Test::Method(compare)) => exact(compare),
        _ => None,
    });
    methods.collect()
}

/// The error codes of alternatives that each ask for one.
fn codes(nodes: &[Node]) -> Option<Vec<i32>> {
    let codes = nodes.iter().map(|node| match node {
        Node::Test(Test::ErrorCode(compare)) => code(compare),
        _ => None,
    });
    codes.collect()
}

fn exact(compare: &Compare) -> Option<&str> {
    match compare {
        Compare::Text(Op::Equal | Op::Has, pattern) => pattern.as_exact(),
        _ => None,
    }
}

fn code(compare: &Compare) -> Option<i32> {
    match compare {
        Compare::Integer(Op::Equal | Op::Has, number) => i32::try_from(*number).ok(),
        _ => None,
    }
}

fn in_states(mut query: ListQuery, states: &[StateKind]) -> Option<ListQuery> {
    restrict(&mut query.states, states.to_vec())?;
    Some(query)
}

fn of_methods(mut query: ListQuery, methods: &[&str]) -> Option<ListQuery> {
    // No path has such characters, and not every database takes them.
    let methods = methods.iter().filter(|method| !method.contains(char::is_control));
    restrict(&mut query.methods, methods.map(|method| Arc::from(*method)).collect())?;
    Some(query)
}

fn with_codes(mut query: ListQuery, codes: &[i32]) -> Option<ListQuery> {
    restrict(&mut query.error_codes, codes.iter().filter_map(|code| FailureCode::new(*code)).collect())?;
    in_states(query, &[StateKind::Done])
}

/// Leaves what is wanted by both, where an empty list stands for all; `None` if that is nothing.
fn restrict<T: PartialEq>(list: &mut Vec<T>, mut wanted: Vec<T>) -> Option<()> {
    if !list.is_empty() {
        wanted.retain(|one| list.contains(one));
    }
    *list = wanted;
    (!list.is_empty()).then_some(())
}

/// The times that are in a range and satisfy a comparison; all of the range where that is not one.
fn within(of: TimeRange, compare: &Compare) -> Option<TimeRange> {
    let Some(TimeRange { from, until, .. }) = range(compare) else { return Some(of) };
    let from = of.from.max(from);
    let until = match (of.until, until) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let is_empty = matches!((from, until), (Some(from), Some(until)) if from >= until);
    (!is_empty).then_some(TimeRange::new(from, until))
}

/// The times, which are whole microseconds, that satisfy a comparison with one in nanoseconds; `None` if they are no range.
fn range(compare: &Compare) -> Option<TimeRange> {
    const NANOS: i128 = 1_000;
    let Compare::Time(op, nanos) = compare else { return None };
    let at = |micros: i128| i64::try_from(micros).ok().map(Timestamp::from_micros);
    let (down, is_whole) = (nanos.div_euclid(NANOS), nanos.rem_euclid(NANOS) == 0);
    // The first time that is not before it, and the first that is after it.
    let (first, after) = (at(down + i128::from(!is_whole))?, at(down + 1)?);
    Some(match op {
        Op::Greater => TimeRange::new(Some(after), None),
        Op::GreaterOrEqual => TimeRange::new(Some(first), None),
        Op::Less => TimeRange::new(None, Some(first)),
        Op::LessOrEqual => TimeRange::new(None, Some(after)),
        Op::Equal | Op::Has => TimeRange::new(Some(first), Some(after)),
        Op::NotEqual => return None,
    })
}
