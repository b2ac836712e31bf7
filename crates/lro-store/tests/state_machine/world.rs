//! One operation, and anything that can happen to it in any order: several workers, stale and made-up rights to
//! write, and a clock that jumps.

use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, Beginning, DelegateId, ExclusiveKey, Failure, FailureCode, Fence, Holder, Interruption, Labels,
    NewOperation, OnConflict, OperationName, Outcome, Owner, Payload, RequestId, Retry, StopReason,
    Timestamp, TransitionError, View, WorkerId,
};

/// When every world begins.
pub(crate) const START: Timestamp = Timestamp::from_micros(1_000_000_000_000);

/// How the operation is created. Durations are in seconds.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) beginning: Beginning,
    pub(crate) may_run: bool,
    pub(crate) max_attempts: u32,
    pub(crate) delay: u64,
    pub(crate) deadline: Option<u64>,
}

/// Worker 0 runs it, for the first time of two.
pub(crate) fn running() -> Setup {
    let beginning = Beginning::ClaimedBy(worker(0));
    Setup { beginning, may_run: true, max_attempts: 2, delay: 0, deadline: None }
}

/// What happens next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// The clock moves by this many seconds, also backwards.
    Tick(i64),
    Claim(WorkerId),
    Reclaim(WorkerId),
    Report {
        by: Writer,
        metadata: Option<Payload>,
    },
    Finish {
        by: Writer,
        outcome: Outcome,
        metadata: Option<Payload>,
    },
    Release {
        by: Writer,
        interruption: Interruption,
        metadata: Option<Payload>,
    },
    Stop(StopReason),
    Expire,
}

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writer {
    /// Whoever has the operation, if anybody does.
    Holder,
    /// Whoever was given, or has made up, one of the fences that there are.
    Any(usize),
}

/// One step and what came of it.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) before: View,
    pub(crate) step: Step,
    pub(crate) answer: Result<View, TransitionError>,
}

pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) view: View,
    /// All that were ever given, and some that never were.
    pub(crate) fences: Vec<Fence>,
}

impl World {
    pub(crate) fn new(setup: &Setup) -> Self {
        let view = operation(setup).into_record(START, setup.may_run).view;
        let forged = |name: &str, holder, attempt| Fence {
            name: OperationName::parse(name).unwrap(),
            holder,
            attempt: Attempt::new(attempt).unwrap(),
        };
        let fences = vec![
            forged("operations/other", Holder::Worker(worker(0)), 1),
            forged("operations/1", Holder::Worker(worker(9)), 1),
            forged("operations/1", Holder::Delegate(DelegateId::new("worker-0")), 1),
            forged("operations/1", Holder::Worker(worker(0)), u32::MAX),
        ];
        let mut world = Self { now: START, view: view.clone(), fences };
        world.accept(view);
        world
    }

    /// Lets one thing happen; `None` if it only moves the clock.
    pub(crate) fn step(&mut self, step: &Step) -> Option<Moment> {
        if let Step::Tick(seconds) = step {
            self.now = Timestamp::from_micros(self.now.as_micros() + seconds * 1_000_000);
            return None;
        }
        let (before, answer) = (self.view.clone(), self.answer(step));
        if let Ok(after) = &answer {
            self.accept(after.clone());
        }
        Some(Moment { now: self.now, before, step: step.clone(), answer })
    }

    fn answer(&self, step: &Step) -> Result<View, TransitionError> {
        let (view, now) = (&self.view, self.now);
        match step.clone() {
            Step::Tick(_) => Ok(view.clone()),
            Step::Claim(worker) => view.claim(&worker, now),
            Step::Reclaim(worker) => view.reclaim(&worker, now),
            Step::Report { by, metadata } => view.report(&self.fence(by), metadata, now),
            Step::Finish { by, outcome, metadata } => view.finish(&self.fence(by), outcome, metadata, now),
            Step::Release { by, interruption, metadata } => {
                view.release(&self.fence(by), interruption, metadata, now)
            }
            Step::Stop(reason) => Ok(view.request_stop(reason, now)),
            Step::Expire => view.expire(now),
        }
    }

    fn fence(&self, by: Writer) -> Fence {
        let any = |index: usize| self.fences[index % self.fences.len()].clone();
        match by {
            Writer::Holder => self.view.fence().unwrap_or_else(|| any(0)),
            Writer::Any(index) => any(index),
        }
    }

    fn accept(&mut self, view: View) {
        if let Some(fence) = view.fence()
            && !self.fences.contains(&fence)
        {
            self.fences.push(fence);
        }
        self.view = view;
    }
}

/// All that happens to a new operation.
pub(crate) fn walk(setup: &Setup, steps: &[Step]) -> Vec<Moment> {
    let mut world = World::new(setup);
    steps.iter().filter_map(|step| world.step(step)).collect()
}

/// A new operation in which every field that never changes differs from its default.
pub(crate) fn operation(setup: &Setup) -> NewOperation {
    let name = OperationName::parse("operations/1").unwrap();
    let new = NewOperation::new(name, "/test.Service/Work", payload(0))
        .with_owner(Owner::new("alice").unwrap())
        .with_request_id(RequestId::new("1").unwrap())
        .with_metadata(payload(0))
        .with_exclusive(ExclusiveKey::new("key").unwrap(), OnConflict::Abort)
        .with_labels(Labels::new().with("tenant", "acme").unwrap())
        .with_priority(3)
        .with_max_attempts(NonZeroU32::new(setup.max_attempts).unwrap())
        .with_retry(Retry::default().multiplier(3.0))
        .with_delay(Duration::from_secs(setup.delay))
        .with_retention(Duration::from_secs(7))
        .with_beginning(setup.beginning.clone());
    match setup.deadline {
        Some(deadline) => new.with_deadline(Duration::from_secs(deadline)),
        None => new,
    }
}

pub(crate) fn payload(byte: u8) -> Payload {
    Payload::new("type.googleapis.com/test.Message", vec![byte])
}

pub(crate) fn failure(message: &str) -> Failure {
    Failure::new(FailureCode::UNAVAILABLE, message)
}

pub(crate) fn worker(number: u8) -> WorkerId {
    WorkerId::new(format!("worker-{number}"))
}

pub(crate) fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}
