//! Which worker has which operations.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::{Holder, OperationName, View, WorkerId};

/// The operations that workers have.
#[derive(Debug, Default)]
pub(super) struct Held {
    all: ByWorker,
    /// Those of them that are asked to stop.
    stopping: ByWorker,
}

type ByWorker = BTreeMap<WorkerId, BTreeSet<OperationName>>;

impl Held {
    /// Notes an operation as it was and as it now is.
    pub(super) fn change(&mut self, before: Option<&View>, after: Option<&View>) {
        change(&mut self.all, before, after, worker);
        change(&mut self.stopping, before, after, |view| worker(view).filter(|_| view.stop().is_some()));
    }

    /// The workers that have operations.
    pub(super) fn workers(&self) -> impl Iterator<Item = &WorkerId> {
        self.all.keys()
    }

    /// What a worker has, by name after a name.
    pub(super) fn by(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
    ) -> impl Iterator<Item = &OperationName> {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.all.get(worker).into_iter().flat_map(move |names| names.range((after, Bound::Unbounded)))
    }

    /// Those operations of a worker that are asked to stop.
    pub(super) fn stopping(&self, worker: &WorkerId) -> impl Iterator<Item = &OperationName> {
        self.stopping.get(worker).into_iter().flatten()
    }
}

fn worker(view: &View) -> Option<&WorkerId> {
    match view.holder()? {
        Holder::Worker(worker) => Some(worker),
        Holder::Delegate(_) => None,
    }
}

/// Moves an operation from the worker that it was with to the one that it now is with.
fn change(
    held: &mut ByWorker,
    before: Option<&View>,
    after: Option<&View>,
    worker: impl Fn(&View) -> Option<&WorkerId>,
) {
    let from = before.and_then(|view| Some((worker(view)?, view.name())));
    let to = after.and_then(|view| Some((worker(view)?, view.name())));
    if from == to {
        return;
    }
    if let Some((worker, name)) = from
        && let Some(names) = held.get_mut(worker)
    {
        names.remove(name);
        if names.is_empty() {
            held.remove(worker);
        }
    }
    if let Some((worker, name)) = to {
        held.entry(worker.clone()).or_default().insert(name.clone());
    }
}
