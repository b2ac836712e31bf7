//! Which operations can be claimed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::{Claim, Cursor, OperationName, State, StateKind, Timestamp, View};

/// The place of an operation in the queue of its method: the highest priority first, then the oldest.
type Place = (Reverse<i16>, Cursor);

/// The operations that a claim may find, by method, and those whose time has not come.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// There are few methods, so the queue of one stays when it is empty.
    ready: BTreeMap<Arc<str>, BTreeSet<Place>>,
    delayed: BTreeSet<(Timestamp, OperationName)>,
}

impl Queue {
    /// Adds a queued operation, to those that wait for their time if that has not come; whether it is ready.
    pub(super) fn add(&mut self, view: &View, now: Timestamp) -> bool {
        if let Some(time) = not_before(view).filter(|time| now < *time) {
            self.delayed.insert((time, view.name().clone()));
            return false;
        }
        self.make_ready(view);
        true
    }

    /// Adds a queued operation whose time has come.
    pub(super) fn make_ready(&mut self, view: &View) {
        match self.ready.get_mut(view.method()) {
            Some(queue) => queue.insert(place(view)),
            None => self.ready.entry(Arc::clone(view.method())).or_default().insert(place(view)),
        };
    }

    /// Removes an operation, wherever it is.
    pub(super) fn remove(&mut self, view: &View) {
        if view.kind() != StateKind::Queued {
            return;
        }
        if let Some(queue) = self.ready.get_mut(view.method()) {
            queue.remove(&place(view));
        }
        if let Some(time) = not_before(view) {
            self.delayed.remove(&(time, view.name().clone()));
        }
    }

    /// Takes out those whose time has come.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<OperationName> {
        let mut due = Vec::new();
        while self.delayed.first().is_some_and(|(time, _)| *time <= now) {
            due.extend(self.delayed.pop_first().map(|(_, name)| name));
        }
        due
    }

    /// What a claim gets, as `begin` makes it, which may refuse what only seems ready.
    pub(super) fn claimable(
        &self,
        claim: &Claim,
        begin: impl Fn(&OperationName) -> Option<View>,
    ) -> Vec<View> {
        let of_method = |method: &crate::MethodLimit| {
            let queue = self.ready.get(&method.method).into_iter().flatten();
            let running = queue.filter_map(|place| Some((place, begin(&place.1.name)?)));
            running.take(method.limit.min(claim.limit))
        };
        let mut places: Vec<(&Place, View)> = claim.methods.iter().flat_map(of_method).collect();
        places.sort_unstable_by_key(|(place, _)| *place);
        places.into_iter().take(claim.limit).map(|(_, running)| running).collect()
    }
}

fn place(view: &View) -> Place {
    (Reverse(view.priority()), Cursor::from(view))
}

fn not_before(view: &View) -> Option<Timestamp> {
    match view.state() {
        State::Queued { not_before, .. } => *not_before,
        State::Running { .. } | State::Done { .. } => None,
    }
}
