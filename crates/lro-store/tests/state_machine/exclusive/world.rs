//! A few operations with one exclusive key, and a store that does what the rules say and nothing else.

use std::collections::BTreeMap;

use lro_store::{
    Beginning, Created, Creation, DelegateId, ExclusiveKey, Fence, Holder, Interruption, NewOperation,
    OnConflict, OperationName, Outcome, StateKind, StopReason, Timestamp, View, holder,
};
use proptest::prelude::*;

use crate::world::{START, payload, seconds, worker};

/// What happens next. Durations are in seconds.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// The clock moves.
    Tick(i64),
    Create(New),
    /// A worker takes what it may have.
    Claim,
    /// The one that runs ends.
    Finish,
    /// The one that runs is handed back.
    Release {
        begun: bool,
        delay: u64,
    },
    /// The worker of the one that runs is gone.
    Reclaim,
    Cancel(usize),
    /// All that are past their deadline end or are asked to stop.
    Expire,
    Delete(usize),
}

#[derive(Debug, Clone)]
pub(super) struct New {
    /// Names do not follow the order of creation.
    pub(super) name: u8,
    pub(super) on_conflict: OnConflict,
    pub(super) beginning: Beginning,
    pub(super) delay: u64,
    pub(super) deadline: Option<u64>,
}

pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) views: BTreeMap<OperationName, View>,
}

impl World {
    pub(super) fn new() -> Self {
        Self { now: START, views: BTreeMap::new() }
    }

    pub(super) fn unfinished(&self) -> impl Iterator<Item = &View> + Clone {
        self.views.values().filter(|view| !view.is_done())
    }

    pub(super) fn running(&self) -> Option<&View> {
        self.unfinished().find(|view| view.kind() == StateKind::Running)
    }

    pub(super) fn holder(&self) -> Option<&View> {
        holder(self.unfinished())
    }

    /// Does what [`lro_store::Store::create`] says.
    pub(super) fn create(&mut self, new: &New) -> Creation {
        let new = new.operation();
        let name = new.name().clone();
        if let Some(fault) = new.fault() {
            return Creation::Invalid(fault.to_owned());
        }
        if self.views.contains_key(&name) {
            return Creation::NameTaken;
        }
        let mut preempted = Vec::new();
        match (new.on_conflict(), self.holder()) {
            (Some(OnConflict::Abort), Some(holder)) => return Creation::KeyHeld(holder.name().clone()),
            (Some(OnConflict::Preempt), _) => {
                let now = self.now;
                let asked = |view: &View| view.request_stop(StopReason::Preempted(name.clone()), now);
                preempted = self.unfinished().map(asked).collect();
                self.replace(preempted.clone());
            }
            _ => {}
        }
        let may_run = self.holder().is_none();
        let view = new.into_record(self.now, may_run).view;
        self.replace(vec![view.clone()]);
        Creation::Created(Created::new(view, preempted))
    }

    /// Gives the work that may begin to a worker; which one that was.
    pub(super) fn claim(&mut self) -> Option<View> {
        let claimed = self.holder()?.claim(&worker(0), self.now).ok()?;
        self.replace(vec![claimed.clone()]);
        Some(claimed)
    }

    pub(super) fn step(&mut self, step: &Step) {
        let now = self.now;
        let running = self.running().cloned();
        let by_running = |act: &dyn Fn(&View, &Fence) -> View| {
            running.as_ref().map(|view| act(view, &view.fence().expect("it is running")))
        };
        let nth = |index: usize| self.views.values().nth(index % self.views.len().max(1)).cloned();
        let after = match step {
            Step::Tick(seconds) => {
                self.now = Timestamp::from_micros(now.as_micros() + seconds * 1_000_000);
                None
            }
            Step::Create(new) => {
                self.create(new);
                None
            }
            Step::Claim => {
                self.claim();
                None
            }
            Step::Finish => by_running(&|view, fence| {
                view.finish(fence, Outcome::Response(payload(1)), None, now).unwrap()
            }),
            Step::Release { begun, delay } => by_running(&|view, fence| {
                let mut interruption = Interruption::not_begun();
                (interruption.begun, interruption.delay) = (*begun, seconds(*delay));
                view.release(fence, interruption, None, now).unwrap()
            }),
            Step::Reclaim => match running.as_ref().and_then(View::holder) {
                Some(Holder::Worker(worker)) => by_running(&|view, _| view.reclaim(worker, now).unwrap()),
                _ => None,
            },
            Step::Cancel(index) => nth(*index).map(|view| view.request_stop(StopReason::Cancelled, now)),
            Step::Expire => {
                self.replace(self.unfinished().filter_map(|view| view.expire(now).ok()).collect());
                None
            }
            Step::Delete(index) => {
                if let Some(view) = nth(*index) {
                    self.views.remove(view.name());
                }
                None
            }
        };
        self.replace(after.into_iter().collect());
    }

    fn replace(&mut self, views: Vec<View>) {
        self.views.extend(views.into_iter().map(|view| (view.name().clone(), view)));
    }
}

impl New {
    fn operation(&self) -> NewOperation {
        let name = OperationName::parse(&format!("operations/{:03}", self.name)).unwrap();
        let new = NewOperation::new(name, "/test.Service/Work", payload(0))
            .with_exclusive(ExclusiveKey::new("key").unwrap(), self.on_conflict)
            .with_beginning(self.beginning.clone())
            .with_delay(seconds(self.delay));
        match self.deadline {
            Some(deadline) => new.with_deadline(seconds(deadline)),
            None => new,
        }
    }
}

/// The place of an operation in the queue of its key.
pub(super) fn place(view: &View) -> (Timestamp, OperationName) {
    (view.create_time(), view.name().clone())
}

pub(super) fn news() -> impl Strategy<Value = New> {
    let on_conflict = prop_oneof![
        2 => Just(OnConflict::Abort),
        6 => Just(OnConflict::Queue),
        1 => Just(OnConflict::Preempt),
    ];
    let beginning = prop_oneof![
        3 => Just(Beginning::Queued),
        3 => Just(Beginning::ClaimedBy(worker(1))),
        1 => Just(Beginning::Delegated(DelegateId::new("secret"))),
        1 => Just(Beginning::Done(Outcome::Response(payload(0)))),
    ];
    let delay = prop_oneof![4 => Just(0), 1 => 1..20_u64];
    let deadline = prop::option::weighted(0.2, 0..60_u64);
    (any::<u8>(), on_conflict, beginning, delay, deadline).prop_map(
        |(name, on_conflict, beginning, delay, deadline)| New {
            name,
            on_conflict,
            beginning,
            delay,
            deadline,
        },
    )
}

/// Steps under a clock that moves by so many seconds at a time.
pub(super) fn steps(ticks: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => ticks.prop_map(Step::Tick),
        6 => news().prop_map(Step::Create),
        4 => Just(Step::Claim),
        2 => Just(Step::Finish),
        3 => (any::<bool>(), 0..20_u64).prop_map(|(begun, delay)| Step::Release { begun, delay }),
        1 => Just(Step::Reclaim),
        1 => any::<usize>().prop_map(Step::Cancel),
        1 => Just(Step::Expire),
        1 => any::<usize>().prop_map(Step::Delete),
    ];
    prop::collection::vec(step, 0..60)
}
