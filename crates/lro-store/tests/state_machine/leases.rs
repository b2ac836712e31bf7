//! The lease of a worker, under a clock that jumps.

use std::time::Duration;

use lro_store::{NewOperation, Timestamp, Worker};
use proptest::prelude::*;

use super::strategies::config;
use super::world::{START, seconds};

/// What happens to a worker. Durations are in seconds.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The clock moves, also backwards.
    Tick(i64),
    KeepAlive(u64),
    Leave,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        20 => (0..12_i64).prop_map(Step::Tick),
        5 => (-100..100_i64).prop_map(Step::Tick),
        20 => prop_oneof![4 => Just(10), 1 => 0..30_u64].prop_map(Step::KeepAlive),
        1 => Just(Step::Leave),
    ];
    prop::collection::vec(step, 0..60)
}

/// What is known of a worker from its signs of life alone.
struct History {
    now: Timestamp,
    worker: Worker,
    /// When it was heard of and for how long it asked; from the last time on that its lease was over.
    signs: Vec<(Timestamp, Duration)>,
    left: bool,
}

impl History {
    fn new(lease: Duration) -> Self {
        Self { now: START, worker: Worker::new(lease, START), signs: vec![(START, lease)], left: false }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Tick(by) => self.now = Timestamp::from_micros(self.now.as_micros() + by * 1_000_000),
            Step::KeepAlive(lease) => {
                self.worker = self.worker.keep_alive(seconds(lease), self.now);
                if self.is_over() {
                    self.signs.clear();
                }
                if !self.left {
                    self.signs.push((self.now, seconds(lease)));
                }
            }
            Step::Leave => {
                self.worker = self.worker.leave(self.now);
                self.left = true;
            }
        }
    }

    fn is_over(&self) -> bool {
        let (time, lease) = *self.signs.last().expect("there is a first sign");
        !self.left && time.saturating_add(lease) <= self.now
    }

    /// Whether there was a sign of life a lease ago or earlier, and no gap since.
    fn was_whole_for_one_lease(&self) -> bool {
        let (_, lease) = *self.signs.last().expect("there is a first sign");
        self.signs.iter().any(|(time, _)| time.saturating_add(lease) <= self.now)
    }
}

fn leases() -> impl Strategy<Value = Duration> {
    (0..30_u64).prop_map(seconds)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whoever_may_reclaim_has_had_its_lease_whole_for_one_lease(lease in leases(), steps in steps()) {
        let mut history = History::new(lease);
        for step in steps {
            history.step(step);
            let History { now, worker, .. } = &history;
            prop_assert_eq!(worker.is_over(*now), history.is_over());
            let may = !history.left && !history.is_over() && history.was_whole_for_one_lease();
            prop_assert_eq!(worker.may_reclaim(*now), may);
        }
    }

    #[test]
    fn one_that_keeps_its_lease_for_its_time_may_reclaim_whatever_was_before(
        lease in leases(),
        steps in steps(),
        pause in 1..10_u64,
    ) {
        let mut history = History::new(lease);
        for step in steps {
            history.step(step);
        }
        for _ in 0..=10_u64.div_ceil(pause) {
            history.step(Step::KeepAlive(10));
            history.step(Step::Tick(pause.cast_signed()));
        }
        prop_assert_eq!(history.worker.may_reclaim(history.now), !history.left);
    }

    #[test]
    fn gone_never_comes_back(lease in leases(), before in steps(), after in steps()) {
        let mut history = History::new(lease);
        before.into_iter().chain([Step::Leave]).for_each(|step| history.step(step));
        let gone = history.worker.clone();
        prop_assert!(!gone.is_alive());
        for step in after {
            history.step(step);
            let History { now, worker, .. } = &history;
            prop_assert_eq!(worker, &gone);
            prop_assert!(!worker.may_reclaim(*now) && !worker.is_over(*now));
            let since = now.saturating_duration_since(gone.gone_at.unwrap());
            prop_assert_eq!(worker.is_forgettable(*now), since >= Worker::MEMORY);
        }
    }

    #[test]
    fn after_an_outage_nobody_loses_work_to_one_that_came_back_first(
        outage in 10..1_000_u64,
        late in 0..10_u64,
        pause in 1..10_u64,
    ) {
        let lease = seconds(10);
        let back = START.saturating_add(seconds(outage));
        let mut first = Worker::new(lease, START).keep_alive(lease, back);
        let mut other = Worker::new(lease, START);
        for second in 0..60 {
            let now = back.saturating_add(seconds(second));
            if second % pause == 0 {
                first = first.keep_alive(lease, now);
            }
            if second >= late && (second - late) % pause == 0 {
                other = other.keep_alive(lease, now);
            }
            prop_assert!(!(first.may_reclaim(now) && other.is_over(now)));
        }
        prop_assert!(first.may_reclaim(back.saturating_add(seconds(59))), "in the end it helps");
    }
}

#[test]
fn a_lease_is_what_every_store_can_keep() {
    let kept = |worker: &Worker| (worker.lease, worker.expires_at.saturating_duration_since(START));
    let longest = (NewOperation::MAX_DURATION, NewOperation::MAX_DURATION);
    let worker = Worker::new(Duration::MAX, START);
    assert_eq!(kept(&worker), longest);
    let short = worker.keep_alive(Duration::from_nanos(1_999), START);
    assert_eq!(kept(&short), (Duration::from_micros(1), Duration::from_micros(1)));
    assert_eq!(kept(&short.keep_alive(Duration::MAX, START)), longest);
}
