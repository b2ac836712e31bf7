//! The attempts that this process has under way.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lro_store::{Fence, OperationName, StopReason, View};

use super::lock::lock;
use super::run::Run;

/// The attempts that this process has under way, at most one for each operation, and what is known of others
/// that are about to begin. They are kept in order, so that a run over a seeded source of randomness repeats itself.
#[derive(Debug, Default)]
pub(in crate::server) struct Runs(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    runs: BTreeMap<OperationName, Arc<Run>>,
    /// The calls on their way that may bring new runs, by number.
    expecting: BTreeSet<u64>,
    /// How many such calls there were.
    calls: u64,
    /// What was heard of operations that one of these calls may bring.
    news: BTreeMap<OperationName, News>,
    /// What has begun and one of these calls may bring once more: a start whose answer got lost reads its operation
    /// back, and a claim may have been given it meanwhile. With the number of the first call that cannot.
    begun: BTreeMap<Fence, u64>,
    /// Operations that are being created, and will be run if they are.
    creating: BTreeSet<OperationName>,
}

/// What was heard of an operation before its run has begun.
#[derive(Debug, Default)]
struct News {
    /// Why its work is asked to stop, if it is.
    stop: Option<StopReason>,
    is_deleted: bool,
    /// The number of the first call that cannot bring the operation, because it began later.
    before: u64,
}

impl Runs {
    /// Adds an attempt, unless another call has brought the very same one; whether it is to begin. Of two at the same
    /// operation only the later one goes on.
    pub(in crate::server) fn insert(&self, run: Arc<Run>) -> bool {
        let mut inner = lock(&self.0);
        if inner.begun.contains_key(&run.fence) {
            return false;
        }
        if !inner.expecting.is_empty() {
            let before = inner.calls;
            inner.begun.insert(run.fence.clone(), before);
        }
        let News { stop, is_deleted, .. } = inner.news.remove(&run.fence.name).unwrap_or_default();
        if let Some(reason) = stop {
            run.request_stop(reason);
        }
        if is_deleted {
            run.forget();
        }
        match inner.runs.entry(run.fence.name.clone()) {
            Entry::Occupied(other) if other.get().fence.attempt > run.fence.attempt => run.lose(),
            Entry::Occupied(mut older) => older.insert(run).lose(),
            Entry::Vacant(vacant) => {
                vacant.insert(run);
            }
        }
        true
    }

    /// Removes this attempt, but not a later one at the same operation.
    pub(in crate::server) fn remove(&self, run: &Arc<Run>) {
        let mut inner = lock(&self.0);
        if inner.runs.get(&run.fence.name).is_some_and(|current| Arc::ptr_eq(current, run)) {
            inner.runs.remove(&run.fence.name);
        }
    }

    /// The operation as it stands, if it runs here and only its work can have changed it.
    pub(in crate::server) fn view(&self, name: &OperationName) -> Option<View> {
        self.get(name)?.view()
    }

    /// Whether its work here will tell those who wait how an operation ended.
    pub(in crate::server) fn is_ending(&self, name: &OperationName) -> bool {
        lock(&self.0).runs.get(name).is_some_and(|run| run.is_ending())
    }

    /// Whether nothing runs here.
    pub(in crate::server) fn is_empty(&self) -> bool {
        lock(&self.0).runs.is_empty()
    }

    /// Whether work of this operation is under way here.
    pub(in crate::server) fn runs(&self, name: &OperationName) -> bool {
        lock(&self.0).runs.contains_key(name)
    }

    fn get(&self, name: &OperationName) -> Option<Arc<Run>> {
        lock(&self.0).runs.get(name).cloned()
    }

    /// Whether this attempt or a later one runs here, or its operation is being created. An earlier one, whose outcome
    /// may be on its way still, does not do the work of this one.
    pub(in crate::server) fn knows(&self, fence: &Fence) -> bool {
        let inner = lock(&self.0);
        inner.runs.get(&fence.name).is_some_and(|run| run.fence.attempt >= fence.attempt)
            || inner.creating.contains(&fence.name)
    }

    pub(in crate::server) fn all(&self) -> Vec<Arc<Run>> {
        lock(&self.0).runs.values().cloned().collect()
    }

    /// Asks the work of an operation to stop, also if it has not begun yet.
    pub(in crate::server) fn request_stop(&self, name: &OperationName, reason: StopReason) {
        let mut inner = lock(&self.0);
        if let Some(run) = inner.runs.get(name) {
            run.request_stop(reason.clone());
        }
        // A later attempt may be on its way though the present one is still here, such as one that does not know yet
        // that it was handed back. The first reason stays.
        inner.note(name, |news| news.stop = news.stop.take().or(Some(reason)));
    }

    /// Says that an operation was deleted, also if its work has not begun yet.
    pub(in crate::server) fn forget(&self, name: &OperationName) {
        let mut inner = lock(&self.0);
        if let Some(run) = inner.runs.get(name) {
            run.forget();
        }
        inner.note(name, |news| news.is_deleted = true);
    }

    /// Says that a call is on its way that may bring new runs, until the guard is dropped: what is asked to stop or
    /// deleted meanwhile is remembered.
    pub(in crate::server) fn expect(&self) -> Expecting<'_> {
        Expecting { runs: self, call: lock(&self.0).begin(), name: None }
    }

    /// Like [`expect`](Self::expect), for an operation that is being created.
    pub(in crate::server) fn expect_created(&self, name: OperationName) -> Expecting<'_> {
        let mut inner = lock(&self.0);
        let call = inner.begin();
        inner.creating.insert(name.clone());
        drop(inner);
        Expecting { runs: self, call, name: Some(name) }
    }
}

impl Inner {
    fn begin(&mut self) -> u64 {
        let call = self.calls;
        self.calls += 1;
        self.expecting.insert(call);
        call
    }

    fn note(&mut self, name: &OperationName, note: impl FnOnce(&mut News)) {
        if !self.expecting.is_empty() {
            let news = self.news.entry(name.clone()).or_default();
            news.before = self.calls;
            note(news);
        }
    }

    /// Forgets what no call can bring any more.
    fn end(&mut self, call: u64) {
        let was_first = self.expecting.first() == Some(&call);
        self.expecting.remove(&call);
        if was_first {
            let first = self.expecting.first().copied().unwrap_or(u64::MAX);
            self.news.retain(|_, news| first < news.before);
            self.begun.retain(|_, before| first < *before);
        }
    }
}

/// A call that may bring new runs. Dropping it says that it has brought what it could.
#[derive(Debug)]
pub(in crate::server) struct Expecting<'a> {
    runs: &'a Runs,
    call: u64,
    name: Option<OperationName>,
}

impl Drop for Expecting<'_> {
    fn drop(&mut self) {
        let mut inner = lock(&self.runs.0);
        inner.end(self.call);
        if let Some(name) = &self.name {
            inner.creating.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use lro_store::{Attempt, Holder, State, Timestamp, ViewParts, WorkerId};

    use super::*;
    use crate::server::settings::OnDelete;

    fn name() -> OperationName {
        OperationName::parse("operations/a").unwrap()
    }

    fn run(attempt: u32) -> Arc<Run> {
        let (holder, attempt) = (Holder::Worker(WorkerId::new("w")), Attempt::new(attempt).unwrap());
        let state = State::Running { holder, attempt, stop: None };
        let parts = ViewParts::new(name(), "/test.Service/Work", Timestamp::UNIX_EPOCH, state);
        let view = View::from_parts(parts).unwrap();
        Arc::new(Run::new(view.fence().unwrap(), view, OnDelete::Continue))
    }

    #[test]
    fn of_two_attempts_the_earlier_is_told_that_it_is_lost() {
        for order in [[1, 2], [2, 1]] {
            let runs = Runs::default();
            let attempts = order.map(run);
            attempts.iter().cloned().for_each(|run| assert!(runs.insert(run)));
            let [earlier, later] = [1, 2].map(|number| attempts[usize::from(order[0] != number)].clone());
            assert!(earlier.is_over() && !later.is_over());
            assert!(Arc::ptr_eq(&runs.get(&name()).unwrap(), &later));
            runs.remove(&earlier);
            assert_eq!(runs.all().len(), 1);
        }
    }

    #[test]
    fn a_stop_that_comes_before_its_run_is_not_forgotten() {
        let runs = Runs::default();
        runs.request_stop(&name(), StopReason::Cancelled);
        let expecting = runs.expect();
        assert!(runs.insert(run(1)));
        assert_eq!(runs.get(&name()).unwrap().stop(), None, "nothing was expected when it was asked");
        runs.remove(&runs.get(&name()).unwrap());
        runs.request_stop(&name(), StopReason::DeadlineExceeded);
        assert!(runs.insert(run(2)));
        assert_eq!(runs.get(&name()).unwrap().stop(), Some(&StopReason::DeadlineExceeded));
        drop(expecting);
    }

    #[test]
    fn a_deletion_that_comes_before_its_run_is_not_forgotten() {
        let runs = Runs::default();
        let _expecting = runs.expect();
        runs.request_stop(&name(), StopReason::Cancelled);
        runs.forget(&name());
        assert!(runs.insert(run(1)));
        assert!(runs.get(&name()).unwrap().is_forgotten());
    }

    #[test]
    fn news_are_kept_no_longer_than_the_calls_that_they_may_concern() {
        let runs = Runs::default();
        let mut expecting = runs.expect();
        for id in 0..100 {
            let name = OperationName::parse(&format!("operations/{id}")).unwrap();
            runs.request_stop(&name, StopReason::Cancelled);
            // There is never a moment without a call.
            expecting = runs.expect();
        }
        assert!(lock(&runs.0).news.len() <= 1, "{:?}", lock(&runs.0).news);
        drop(expecting);
        assert!(lock(&runs.0).news.is_empty());
    }

    #[test]
    fn work_that_is_cancelled_and_deleted_before_it_begins_is_told_both() {
        let runs = Runs::default();
        let _expecting = runs.expect();
        runs.request_stop(&name(), StopReason::Cancelled);
        runs.forget(&name());
        assert!(runs.insert(run(1)));
        let run = runs.get(&name()).unwrap();
        assert!(run.is_forgotten() && run.stop() == Some(&StopReason::Cancelled));
    }

    #[test]
    fn a_stop_reaches_an_attempt_that_is_on_its_way_while_the_one_before_is_still_here() {
        let runs = Runs::default();
        assert!(runs.insert(run(1)));
        let _expecting = runs.expect();
        runs.request_stop(&name(), StopReason::Cancelled);
        assert!(runs.insert(run(2)));
        assert_eq!(runs.get(&name()).unwrap().stop(), Some(&StopReason::Cancelled));
    }

    #[test]
    fn an_attempt_is_not_known_by_the_one_before() {
        let runs = Runs::default();
        assert!(runs.insert(run(2)));
        assert_eq!([1, 2, 3].map(|number| runs.knows(&run(number).fence)), [true, true, false]);
    }

    #[test]
    fn an_attempt_that_two_calls_bring_begins_once() {
        let runs = Runs::default();
        let (creating, claiming) = (runs.expect_created(name()), runs.expect());
        assert!(runs.insert(run(1)));
        drop(creating);
        runs.remove(&runs.get(&name()).unwrap());
        assert!(!runs.insert(run(1)), "it has ended, and a claim brings it once more");
        let later = runs.expect();
        drop(claiming);
        assert!(lock(&runs.0).begun.is_empty(), "what began later cannot bring it");
        assert!(runs.insert(run(2)));
        drop(later);
    }

    #[test]
    fn what_is_being_created_is_known() {
        let runs = Runs::default();
        let creating = runs.expect_created(name());
        assert!(runs.knows(&run(1).fence));
        drop(creating);
        assert!(!runs.knows(&run(1).fence));
    }
}
