//! The attempts that this process has under way.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use lro_store::{OperationName, StopReason};

use super::lock::lock;
use super::run::Run;

/// The attempts that this process has under way, at most one for each operation, and what is known of others
/// that are about to begin.
#[derive(Debug, Default)]
pub(in crate::server) struct Runs(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    runs: HashMap<OperationName, Arc<Run>>,
    /// How many calls are on their way that may bring new runs.
    expecting: usize,
    /// Operations that are to stop and that one of these calls may bring.
    stops: BTreeMap<OperationName, StopReason>,
    /// Operations that are being created, and will be run if they are.
    creating: BTreeSet<OperationName>,
}

impl Runs {
    /// Adds an attempt. Of two at the same operation only the later one goes on.
    pub(in crate::server) fn insert(&self, run: Arc<Run>) {
        let mut inner = lock(&self.0);
        if let Some(reason) = inner.stops.remove(&run.fence.name) {
            run.request_stop(reason);
        }
        match inner.runs.entry(run.fence.name.clone()) {
            Entry::Occupied(other) if other.get().fence.attempt > run.fence.attempt => run.lose(),
            Entry::Occupied(mut older) => older.insert(run).lose(),
            Entry::Vacant(vacant) => {
                vacant.insert(run);
            }
        }
    }

    /// Removes this attempt, but not a later one at the same operation.
    pub(in crate::server) fn remove(&self, run: &Arc<Run>) {
        let mut inner = lock(&self.0);
        if inner.runs.get(&run.fence.name).is_some_and(|current| Arc::ptr_eq(current, run)) {
            inner.runs.remove(&run.fence.name);
        }
    }

    pub(in crate::server) fn get(&self, name: &OperationName) -> Option<Arc<Run>> {
        lock(&self.0).runs.get(name).cloned()
    }

    /// Whether the operation is run here, or will be as soon as it is created.
    pub(in crate::server) fn knows(&self, name: &OperationName) -> bool {
        let inner = lock(&self.0);
        inner.runs.contains_key(name) || inner.creating.contains(name)
    }

    pub(in crate::server) fn all(&self) -> Vec<Arc<Run>> {
        lock(&self.0).runs.values().cloned().collect()
    }

    /// Asks the work of an operation to stop, also if it has not begun yet.
    pub(in crate::server) fn request_stop(&self, name: &OperationName, reason: StopReason) {
        let mut inner = lock(&self.0);
        if let Some(run) = inner.runs.get(name) {
            run.request_stop(reason);
        } else if inner.expecting > 0 {
            inner.stops.insert(name.clone(), reason);
        }
    }

    /// Says that a call is on its way that may bring new runs, until the guard is dropped: what is asked to stop
    /// meanwhile is remembered.
    pub(in crate::server) fn expect(&self) -> Expecting<'_> {
        lock(&self.0).expecting += 1;
        Expecting { runs: self, name: None }
    }

    /// Like [`expect`](Self::expect), for an operation that is being created.
    pub(in crate::server) fn expect_created(&self, name: OperationName) -> Expecting<'_> {
        let mut inner = lock(&self.0);
        inner.expecting += 1;
        inner.creating.insert(name.clone());
        drop(inner);
        Expecting { runs: self, name: Some(name) }
    }
}

/// A call that may bring new runs. Dropping it says that it has brought what it could.
#[derive(Debug)]
pub(in crate::server) struct Expecting<'a> {
    runs: &'a Runs,
    name: Option<OperationName>,
}

impl Drop for Expecting<'_> {
    fn drop(&mut self) {
        let mut inner = lock(&self.runs.0);
        inner.expecting -= 1;
        if let Some(name) = &self.name {
            inner.creating.remove(name);
        }
        if inner.expecting == 0 {
            inner.stops.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use lro_store::{Attempt, Fence, WorkerId};

    use super::*;
    use crate::server::settings::OnDelete;

    fn name() -> OperationName {
        OperationName::parse("operations/a").unwrap()
    }

    fn run(attempt: u32) -> Arc<Run> {
        let fence = Fence::of_worker(name(), WorkerId::new("w"), Attempt::new(attempt).unwrap());
        Arc::new(Run::new(fence, "/test.Service/Work".into(), OnDelete::Continue))
    }

    #[test]
    fn of_two_attempts_the_earlier_is_told_that_it_is_lost() {
        for order in [[1, 2], [2, 1]] {
            let runs = Runs::default();
            let attempts = order.map(run);
            attempts.iter().cloned().for_each(|run| runs.insert(run));
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
        runs.insert(run(1));
        assert_eq!(runs.get(&name()).unwrap().stop(), None, "nothing was expected when it was asked");
        runs.remove(&runs.get(&name()).unwrap());
        runs.request_stop(&name(), StopReason::DeadlineExceeded);
        runs.insert(run(1));
        assert_eq!(runs.get(&name()).unwrap().stop(), Some(&StopReason::DeadlineExceeded));
        drop(expecting);
    }

    #[test]
    fn what_is_being_created_is_known() {
        let runs = Runs::default();
        let creating = runs.expect_created(name());
        assert!(runs.knows(&name()));
        drop(creating);
        assert!(!runs.knows(&name()));
    }
}
