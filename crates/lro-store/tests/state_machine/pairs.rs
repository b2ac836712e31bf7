//! Every transition after every other one, from every kind of state.
//!
//! `pairs.txt` has a table for each state: the rows say what happens first, `-` for nothing, and the columns what
//! happens next. A cell is what the second one says: the state that the operation is in then, with the outcome if
//! it is done, or why it refuses. A first one that refuses changes nothing, so its row is that of `-`.

use std::fmt::Write as _;
use std::num::NonZeroU32;

use lro_store::{
    Attempt, Beginning, DelegateId, FailureCode, Fence, Interruption, NewOperation, OperationName, Outcome,
    State, StopReason, Timestamp, TransitionError, View,
};

use super::world::{START, failure, payload, seconds, worker};

const TABLE: &str = include_str!("pairs.txt");

type Answer = Result<View, TransitionError>;
type Transition = fn(&View, &Fence, Timestamp) -> Answer;

/// Worker 0 is the one that claims, shows the fence, and is gone when it is reclaimed from.
const TRANSITIONS: [(&str, Transition); 10] = [
    ("claim", |view, _, now| view.claim(&worker(0), now)),
    ("reclaim", |view, _, now| view.reclaim(&worker(0), now)),
    ("report", |view, fence, now| view.report(fence, Some(payload(1)), now)),
    ("finish", |view, fence, now| view.finish(fence, Outcome::Response(payload(1)), None, now)),
    ("release", |view, fence, now| view.release(fence, Interruption::begun(), None, now)),
    ("unbegun", |view, fence, now| view.release(fence, Interruption::not_begun(), None, now)),
    ("retry", |view, fence, now| {
        view.release(fence, Interruption::retry(failure("failed"), seconds(5)), None, now)
    }),
    ("cancel", |view, _, now| Ok(view.request_stop(StopReason::Cancelled, now))),
    ("preempt", |view, _, now| {
        let by = OperationName::parse("operations/2").unwrap();
        Ok(view.request_stop(StopReason::Preempted(by), now))
    }),
    ("expire", |view, _, now| view.expire(now)),
];

fn new() -> NewOperation {
    let name = OperationName::parse("operations/1").unwrap();
    NewOperation::new(name, "/test.Service/Work", payload(0)).with_max_attempts(NonZeroU32::new(2).unwrap())
}

fn created(new: NewOperation) -> View {
    new.into_record(START, true).view
}

fn running(new: NewOperation) -> View {
    created(new.with_beginning(Beginning::ClaimedBy(worker(0))))
}

fn delegated(new: NewOperation) -> View {
    created(new.with_beginning(Beginning::Delegated(DelegateId::new("secret"))))
}

/// The same operation after its first attempt was interrupted.
fn interrupted(view: &View) -> View {
    view.release(&view.fence().unwrap(), Interruption::begun(), None, START).unwrap()
}

/// Each kind of state that an operation can be in, ten seconds after its creation. Two attempts are allowed.
fn states() -> Vec<(&'static str, View)> {
    let late = || new().with_deadline(seconds(10));
    vec![
        ("new", created(new())),
        ("delayed", created(new().with_delay(seconds(11)))),
        ("delayed until now", created(new().with_delay(seconds(10)))),
        ("interrupted once", interrupted(&running(new()))),
        ("queued past its deadline", created(late())),
        ("running", running(new())),
        ("running for the last time", interrupted(&running(new())).claim(&worker(0), START).unwrap()),
        ("running past its deadline", running(late())),
        ("asked to stop", running(late()).request_stop(StopReason::Cancelled, START)),
        ("taken over by another worker", interrupted(&running(new())).claim(&worker(1), START).unwrap()),
        ("delegated", delegated(new())),
        ("delegated past its deadline", delegated(late())),
        ("done", created(new().with_beginning(Beginning::Done(Outcome::Response(payload(0)))))),
    ]
}

/// What is shown to write: the fence of the delegate or of worker 0, even where another one has taken over; else
/// the one that worker 0 would get next.
fn fence(view: &View) -> Fence {
    let of_worker = |attempt| Fence::of_worker(view.name().clone(), worker(0), attempt);
    match view.fence() {
        Some(current) if current == Fence { attempt: current.attempt, ..of_worker(Attempt::FIRST) } => {
            current
        }
        Some(Fence { holder: lro_store::Holder::Worker(_), .. }) => of_worker(Attempt::FIRST),
        Some(delegate) => delegate,
        None => of_worker(view.last_attempt().map_or(Attempt::FIRST, Attempt::next)),
    }
}

fn cell(answer: &Answer, now: Timestamp) -> String {
    let view = match answer {
        Ok(view) => view,
        Err(refusal) => return format!("{refusal:?}"),
    };
    let text = match view.state() {
        State::Queued { not_before: Some(time), .. } if now < *time => "delayed",
        State::Queued { .. } => "queued",
        State::Running { stop: None, .. } => "running",
        State::Running { .. } => "stopping",
        State::Done { outcome, .. } => match outcome.code() {
            None => "response",
            Some(FailureCode::CANCELLED) => "cancelled",
            Some(FailureCode::ABORTED) => "aborted",
            Some(FailureCode::DEADLINE_EXCEEDED) => "late",
            Some(_) => "failed",
        },
        other => panic!("{other:?}"),
    };
    text.to_owned()
}

fn row(title: &str, cells: impl Iterator<Item = String>) -> String {
    let mut row = format!("{title:<8}");
    cells.for_each(|cell| write!(row, " {cell:<10}").unwrap());
    format!("{}\n", row.trim_end())
}

#[test]
fn every_transition_after_every_other_one_says_what_the_table_says() {
    let now = START.saturating_add(seconds(10));
    let mut tables = Vec::new();
    for (title, start) in states() {
        let fence = fence(&start);
        let mut table = format!("{title}\n");
        table += &row("", TRANSITIONS.iter().map(|(name, _)| (*name).to_owned()));
        let nothing: (&str, Transition) = ("-", |view, _, _| Ok(view.clone()));
        for (name, first) in [nothing].iter().chain(&TRANSITIONS) {
            let then = first(&start, &fence, now).unwrap_or_else(|_| start.clone());
            table += &row(name, TRANSITIONS.iter().map(|(_, second)| cell(&second(&then, &fence, now), now)));
        }
        tables.push(table);
    }
    let actual = tables.join("\n");
    for (actual, expected) in actual.split("\n\n").zip(TABLE.split("\n\n")) {
        assert_eq!(actual, expected, "the whole table is now\n{actual}");
    }
    assert_eq!(actual, TABLE);
}
