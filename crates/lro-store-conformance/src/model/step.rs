//! One call on both the store and the model.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use lro_store::{
    Changes, Claim, Clock, Creation, Error, Finish, ListQuery, ManualClock, ParentPattern, Release, Report,
    RequestKey, StopReason, Store, Sweep, Timestamp, View, WorkerId,
};

use super::call::{self, Call, METHODS, name, worker};
use super::hints::{self, Before};
use super::state::Model;
use super::write::{finish, release, report};

/// How often a call may do less than it could before that is a fault.
const PATIENCE: usize = 20;

/// A store and the model of it.
pub(super) struct Pair<'a, S> {
    store: &'a S,
    clock: &'a ManualClock,
    changes: Option<Changes>,
    patience: &'a Cell<Duration>,
    model: Model,
    /// The last time at which something expired. The clock never goes back behind it, or what is forgotten
    /// might exist again.
    expired_at: Timestamp,
    /// How many expired operations the store may still have.
    outdated: usize,
}

impl<'a, S: Store> Pair<'a, S> {
    /// A store without anything. Hints are waited for with this patience, if there are any.
    pub(super) fn new(
        store: &'a S,
        clock: &'a ManualClock,
        has_hints: bool,
        patience: &'a Cell<Duration>,
    ) -> Self {
        let changes = has_hints.then(|| store.changes());
        let model = Model::default();
        Self { store, clock, changes, patience, model, expired_at: Timestamp::MIN, outdated: 0 }
    }

    /// Makes one call on both, compares the answers, and then all that can be read.
    pub(super) async fn step(&mut self, call: &Call) {
        let before = Before::of(&self.model, self.clock.now());
        match call {
            Call::Tick(seconds) => return self.tick(*seconds),
            Call::Expire(limit) => {
                let after = self.model.expirable(self.clock.now());
                self.settle(after, *limit, S::expire).await;
            }
            Call::Reclaim { worker: by, limit } => {
                let by = worker(*by);
                let after = self.model.reclaimable(&by, self.clock.now());
                self.settle(after, *limit, |store, limit| store.reclaim(&by, limit)).await;
            }
            Call::Purge(limit) => {
                let count = self.store.purge(*limit).await.expect("the store answers");
                assert!(count <= *limit && count <= self.outdated);
                self.outdated -= count;
            }
            Call::Claim { worker: by, methods, limit } => self.claim(&worker(*by), *methods, *limit).await,
            Call::Report(_) | Call::Finish(_) | Call::Release(_) => self.write(call).await,
            _ => self.answer(call).await,
        }
        let views = self.list().await;
        assert_eq!(views, self.model.newest_first());
        if let Some(changes) = &mut self.changes {
            hints::expect(changes, self.patience, before.hints(&self.model, self.clock.now())).await;
        }
    }

    fn tick(&mut self, seconds: i64) {
        let now = Timestamp::from_micros(self.clock.now().as_micros() + seconds * 1_000_000);
        let now = now.max(self.expired_at);
        self.clock.set(now);
        let expired: Vec<_> =
            self.model.records.values().filter(|record| record.view.is_expired(now)).cloned().collect();
        for record in expired {
            self.model.records.remove(record.name());
            self.expired_at = self.expired_at.max(record.view.expire_time().expect("it is done"));
            self.outdated += 1;
        }
    }

    /// Calls with one answer that is right.
    async fn answer(&mut self, call: &Call) {
        let (store, model, now) = (self.store, &mut self.model, self.clock.now());
        match call {
            Call::Create(batch) => {
                let expected: Vec<_> = batch.iter().map(|new| model.create(new.operation(), now)).collect();
                let batch = batch.iter().map(call::New::operation).collect();
                let mut answers = store.create(batch).await.expect("the store answers");
                for answer in &mut answers {
                    if let Creation::Created(created) = answer {
                        created.ended.sort_by(|one, two| one.name().cmp(two.name()));
                    }
                }
                assert_eq!(answers, expected);
            }
            Call::Get(numbers) => {
                let names: Vec<_> = numbers.iter().copied().map(name).collect();
                let expected: Vec<_> = names.iter().map(|name| model.view(name).cloned()).collect();
                assert_eq!(store.get(names).await.expect("the store answers"), expected);
            }
            Call::FindByRequest { method, owner, request } => {
                let key = RequestKey::new(call::owner(*owner), METHODS[*method], call::request_id(*request));
                assert_eq!(
                    store.find_by_request(&key).await.expect("the store answers").as_ref(),
                    model.find(&key)
                );
            }
            Call::Delete(numbers) => {
                let names: Vec<_> = numbers.iter().copied().map(name).collect();
                let expected: Vec<_> =
                    names.iter().map(|name| model.records.remove(name).is_some()).collect();
                assert_eq!(store.delete(names).await.expect("the store answers"), expected);
            }
            Call::RequestCancel(numbers) => {
                let names: Vec<_> = numbers.iter().copied().map(name).collect();
                let mut expected = Vec::new();
                for name in &names {
                    let view = model.view(name).cloned();
                    expected.push(view.is_some());
                    if let Some(view) = view {
                        model.put(view.request_stop(StopReason::Cancelled, now));
                    }
                }
                assert_eq!(store.request_cancel(names).await.expect("the store answers"), expected);
            }
            Call::KeepAlive { worker: id, lease } => {
                let (id, lease) = (worker(*id), Duration::from_secs(*lease));
                let expected = model.keep_alive(&id, lease, now);
                let mut answer = store.keep_alive(&id, lease).await.expect("the store answers");
                answer.stops.sort_by(|one, two| one.name.cmp(&two.name));
                assert_eq!(answer, expected);
            }
            Call::Leave(id) => {
                let mut expected = model.leave(&worker(*id), now);
                let mut answer = store.leave(&worker(*id)).await.expect("the store answers");
                for sweep in [&mut answer, &mut expected] {
                    sweep.ended.sort_by(|one, two| one.name().cmp(two.name()));
                }
                assert_eq!(answer, expected);
            }
            Call::Held(id) => {
                let expected: Vec<_> = model.held(&worker(*id)).filter_map(View::fence).collect();
                assert_eq!(store.held(&worker(*id), None, 100).await.expect("the store answers"), expected);
            }
            other => unreachable!("{other:?} is made elsewhere"),
        }
    }

    /// Claims until there is nothing left within the limits. Each call gives the first of what is left.
    async fn claim(&mut self, by: &WorkerId, methods: [usize; 2], limit: usize) {
        let mut left = (methods, limit);
        for _ in 0..PATIENCE {
            let claim = METHODS
                .iter()
                .zip(left.0)
                .fold(Claim::new(by.clone(), left.1), |claim, (method, limit)| claim.method(*method, limit));
            let expected = self.model.claimable(&claim, self.clock.now());
            let claimed = self.store.claim(&claim).await.expect("the store answers");
            assert_eq!(claimed, expected[..claimed.len().min(expected.len())]);
            for record in &claimed {
                let method = usize::from(&**record.view.method() == METHODS[1]);
                left.0[method] -= 1;
                left.1 -= 1;
                self.model.put(record.view.clone());
            }
            if claimed.len() == expected.len() {
                return;
            }
        }
        panic!("claims do not get to the end");
    }

    async fn write(&mut self, call: &Call) {
        let now = self.clock.now();
        let (store, model) = (self.store, &mut self.model);
        match call {
            Call::Report(writes) => {
                let reports: Vec<_> = writes.iter().map(|write| report(write, model)).collect();
                let write = |Report { fence, metadata, checkpoint, .. }: Report| {
                    model.write(&fence, checkpoint, |view| view.report(&fence, metadata, now))
                };
                let expected: Vec<_> = reports.iter().cloned().map(write).collect();
                assert_eq!(store.report(reports).await.expect("the store answers"), expected);
            }
            Call::Finish(writes) => {
                let finishes: Vec<_> = writes.iter().map(|write| finish(write, model)).collect();
                let write = |Finish { fence, outcome, metadata, .. }: Finish| {
                    model.write(&fence, None, |view| view.finish(&fence, outcome, metadata, now))
                };
                let expected: Vec<_> = finishes.iter().cloned().map(write).collect();
                assert_eq!(store.finish(finishes).await.expect("the store answers"), expected);
            }
            Call::Release(writes) => {
                let releases: Vec<_> = writes.iter().map(|write| release(write, model)).collect();
                let write = |Release { fence, interruption, metadata, .. }: Release| {
                    model.write(&fence, None, |view| view.release(&fence, interruption, metadata, now))
                };
                let expected: Vec<_> = releases.iter().cloned().map(write).collect();
                assert_eq!(store.release(releases).await.expect("the store answers"), expected);
            }
            other => unreachable!("{other:?} is no write"),
        }
    }

    /// Calls until the limit or the end is reached. Which of the operations that can change do change is the
    /// store's choice; each becomes what `after` says, or stays as it is.
    async fn settle<F>(&mut self, mut after: Vec<View>, limit: usize, call: impl Fn(&'a S, usize) -> F)
    where
        F: Future<Output = Result<Sweep, Error>>,
    {
        let mut left = limit.min(after.len());
        for _ in 0..PATIENCE {
            let mut sweep = call(self.store, left.max(1)).await.expect("the store answers");
            let names = after.iter().map(|view| view.name().clone()).collect();
            let views = self.store.get(names).await.expect("the store answers");
            let mut changed = Sweep::new();
            for view in views.into_iter().map(|view| view.expect("nothing is removed")) {
                if self.model.view(view.name()) == Some(&view) {
                    continue;
                }
                assert!(after.contains(&view), "another change was due: {view:?}");
                after.retain(|other| other.name() != view.name());
                self.model.put(view.clone());
                changed.push(view);
            }
            for sweep in [&mut sweep, &mut changed] {
                sweep.ended.sort_by(|one, two| one.name().cmp(two.name()));
            }
            assert_eq!(sweep, changed, "it says how many it has changed, and which have ended");
            assert!(sweep.count <= left, "a limit is the most");
            left -= sweep.count;
            if left == 0 {
                return;
            }
        }
        panic!("calls do not get to the end");
    }

    /// Everything in the store, read page by page.
    async fn list(&self) -> Vec<View> {
        let mut query = ListQuery::new(ParentPattern::all(), 4);
        let mut all = Vec::new();
        loop {
            let page = self.store.list(&query).await.expect("the store answers");
            all.extend(page.views);
            let Some(next) = page.next else { return all };
            assert!(query.after.as_ref().is_none_or(|after| next < *after), "each page goes on");
            query.after = Some(next);
            // Else a store that never comes to an end would hold up the runtime, and so the limit of time.
            tokio::task::yield_now().await;
        }
    }
}
