//! Properties of the state machine under any interleaving of several workers with a clock that jumps.

use std::time::Duration;

use lro_store::{
    Attempt, Delivery, Failure, FailureCode, LeaseId, NewOperation, OperationName, Outcome, Parent, Payload,
    Record, Refusal, Timestamp, WorkerId,
};
use proptest::prelude::*;

const LEASE: Duration = Duration::from_secs(10);

/// What the world does to one operation. Workers act with every lease they were ever given, so most of their
/// writes are stale.
#[derive(Debug, Clone)]
enum Step {
    /// The clock moves by this many seconds, also backwards.
    Tick(i64),
    Claim {
        worker: u8,
    },
    Expire,
    Extend {
        held: usize,
    },
    Progress {
        held: usize,
        metadata: u8,
    },
    Cancel,
    Finish {
        held: usize,
        fails: bool,
    },
    Release {
        held: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let held = 0..8_usize;
    let step = prop_oneof![
        3 => (-15..25_i64).prop_map(Step::Tick),
        4 => (0..3_u8).prop_map(|worker| Step::Claim { worker }),
        2 => Just(Step::Expire),
        1 => held.clone().prop_map(|held| Step::Extend { held }),
        1 => (held.clone(), any::<u8>()).prop_map(|(held, metadata)| Step::Progress { held, metadata }),
        1 => Just(Step::Cancel),
        1 => (held.clone(), any::<bool>()).prop_map(|(held, fails)| Step::Finish { held, fails }),
        1 => held.prop_map(|held| Step::Release { held }),
    ];
    prop::collection::vec(step, 0..60)
}

fn payload(byte: u8) -> Payload {
    Payload::new("type.googleapis.com/test.Message", vec![byte])
}

fn outcome(fails: bool) -> Outcome {
    if fails {
        Outcome::Error(Failure::new(FailureCode::INTERNAL, "broken"))
    } else {
        Outcome::Response(payload(1))
    }
}

fn worker(number: u8) -> WorkerId {
    WorkerId::new(format!("worker-{number}"))
}

fn created(delivery: Delivery, born_running: bool, now: Timestamp) -> Record {
    let name = OperationName::random(&Parent::default());
    let operation = NewOperation::new(name, "/test.Service/Work", payload(0)).delivery(delivery);
    if born_running { operation.leased_to(worker(0), LEASE) } else { operation }.into_record(now)
}

struct World {
    now: Timestamp,
    record: Record,
    leases: Vec<LeaseId>,
}

impl World {
    fn new(delivery: Delivery, born_running: bool) -> Self {
        let now = Timestamp::from_micros(1_000_000_000_000);
        let record = created(delivery, born_running, now);
        Self { now, leases: record.lease_id().into_iter().collect(), record }
    }

    fn lease(&self, held: usize) -> Option<&LeaseId> {
        (!self.leases.is_empty()).then(|| &self.leases[held % self.leases.len()])
    }

    /// The record after the step, or why it does not apply. `None` if the step is not about the record.
    fn try_step(&mut self, step: &Step) -> Option<Result<Record, Refusal>> {
        let (record, now) = (&self.record, self.now);
        match step {
            Step::Tick(seconds) => {
                self.now = Timestamp::from_micros(now.as_micros() + seconds * 1_000_000);
                None
            }
            Step::Claim { worker: number } => Some(record.claim(&worker(*number), LEASE, now)),
            Step::Expire => Some(record.expire(now)),
            Step::Extend { held } => Some(record.extend(self.lease(*held)?, LEASE, now)),
            Step::Progress { held, metadata } => {
                Some(record.progress(self.lease(*held)?, payload(*metadata), now))
            }
            Step::Cancel => Some(Ok(record.request_cancel(now))),
            Step::Finish { held, fails } => Some(record.finish(self.lease(*held)?, outcome(*fails), now)),
            Step::Release { held } => Some(record.release(self.lease(*held)?, now)),
        }
    }

    fn accept(&mut self, record: Record) {
        if let Some(lease) = record.lease_id()
            && !self.leases.contains(&lease)
        {
            self.leases.push(lease);
        }
        self.record = record;
    }
}

fn deliveries() -> impl Strategy<Value = Delivery> {
    prop_oneof![Just(Delivery::AtLeastOnce), Just(Delivery::AtMostOnce)]
}

proptest! {
    #[test]
    fn every_interleaving_keeps_the_invariants(delivery in deliveries(), born_running: bool, steps in steps()) {
        let mut world = World::new(delivery, born_running);
        for step in &steps {
            let before = world.record.clone();
            let Some(Ok(after)) = world.try_step(step) else { continue };

            // Done is the end: at most one outcome, and it never changes.
            if before.is_done() {
                prop_assert_eq!(&after, &before);
            }
            // Attempts only grow, one at a time, and only a claim makes one.
            let (old, new) = (before.last_attempt(), after.last_attempt());
            if matches!(step, Step::Claim { .. }) {
                prop_assert_eq!(new, Some(old.map_or(Attempt::FIRST, Attempt::next)));
            } else {
                prop_assert_eq!(new, old);
            }
            // Work that must not begin twice never does.
            if delivery == Delivery::AtMostOnce {
                prop_assert!(new.is_none_or(|attempt| attempt == Attempt::FIRST));
            }
            // Time in a record never runs backwards, and who it is never changes.
            prop_assert!(after.update_time() >= before.update_time());
            prop_assert_eq!(after.create_time(), before.create_time());
            prop_assert_eq!(after.name(), before.name());
            // Whatever comes out can be written down and read back.
            prop_assert_eq!(Record::from_parts(after.clone().into_parts()), Ok(after.clone()));
            world.accept(after);
        }
    }

    #[test]
    fn only_the_current_lease_writes(delivery in deliveries(), born_running: bool, steps in steps()) {
        let mut world = World::new(delivery, born_running);
        for step in &steps {
            if let Some(Ok(after)) = world.try_step(step) {
                world.accept(after);
            }
            let current = world.record.lease_id();
            for lease in &world.leases {
                let answers = [
                    world.record.extend(lease, LEASE, world.now),
                    world.record.progress(lease, payload(9), world.now),
                    world.record.finish(lease, outcome(false), world.now),
                    world.record.release(lease, world.now),
                ];
                for answer in answers {
                    let held = current.as_ref() == Some(lease);
                    prop_assert_eq!(answer.err(), (!held).then_some(Refusal::LeaseLost));
                }
            }
        }
    }

    #[test]
    fn cancelling_twice_is_cancelling_once(delivery in deliveries(), born_running: bool, steps in steps()) {
        let mut world = World::new(delivery, born_running);
        for step in &steps {
            if let Some(Ok(after)) = world.try_step(step) {
                world.accept(after);
            }
            let once = world.record.request_cancel(world.now);
            prop_assert_eq!(&once.request_cancel(world.now), &once);
            prop_assert!(once.is_done() || once.cancel_requested());
        }
    }
}

#[test]
fn cancelled_work_that_is_interrupted_ends_as_cancelled() {
    let now = Timestamp::UNIX_EPOCH;
    let record = created(Delivery::AtMostOnce, true, now).request_cancel(now);
    let lease = record.lease_id().unwrap();
    let later = now.saturating_add(LEASE);
    for ended in [record.release(&lease, now).unwrap(), record.expire(later).unwrap()] {
        assert!(
            matches!(ended.outcome(), Some(Outcome::Error(failure)) if failure.code == FailureCode::CANCELLED)
        );
    }
}

#[test]
fn lost_work_that_must_not_begin_twice_ends_as_aborted() {
    let now = Timestamp::UNIX_EPOCH;
    let record = created(Delivery::AtMostOnce, true, now);
    let ended = record.expire(now.saturating_add(LEASE)).unwrap();
    assert!(matches!(ended.outcome(), Some(Outcome::Error(failure)) if failure.code == FailureCode::ABORTED));
}

#[test]
fn a_lease_that_is_over_but_not_taken_still_holds() {
    let now = Timestamp::UNIX_EPOCH;
    let record = created(Delivery::AtLeastOnce, true, now);
    let lease = record.lease_id().unwrap();
    let later = now.saturating_add(LEASE * 3);
    assert!(record.finish(&lease, outcome(false), later).unwrap().is_done());
    let extended = record.extend(&lease, LEASE, later).unwrap();
    assert_eq!(extended.expire(later), Err(Refusal::NotExpired));
}

#[test]
fn work_whose_lease_is_over_is_cancelled_on_the_spot() {
    let now = Timestamp::UNIX_EPOCH;
    let record = created(Delivery::AtLeastOnce, true, now);
    assert!(record.request_cancel(now).cancel_requested());
    assert!(record.request_cancel(now.saturating_add(LEASE)).is_done());
}
