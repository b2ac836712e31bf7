//! Which operations have something to happen to them, by its time.

use std::collections::BTreeSet;

use crate::{OperationName, Timestamp, View};

/// When operations are past their deadline, and when their retention is over.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Of what is not done and not asked to stop.
    deadlines: BTreeSet<Due>,
    expiries: BTreeSet<Due>,
}

type Due = (Timestamp, OperationName);

impl Times {
    /// Notes an operation as it was and as it now is.
    pub(super) fn change(&mut self, before: Option<&View>, after: Option<&View>) {
        change(&mut self.deadlines, before.and_then(deadline), after.and_then(deadline));
        change(&mut self.expiries, before.and_then(expiry), after.and_then(expiry));
    }

    /// The operations past their deadline, in its order.
    pub(super) fn past_deadline(&self, now: Timestamp) -> impl Iterator<Item = OperationName> {
        until(&self.deadlines, now)
    }

    /// The operations whose retention is over, in the order of its end.
    pub(super) fn outdated(&self, now: Timestamp) -> impl Iterator<Item = OperationName> {
        until(&self.expiries, now)
    }

    /// Of the operations that are done, the one whose retention ends first.
    pub(super) fn first_to_expire(&self) -> Option<&OperationName> {
        self.expiries.first().map(|(_, name)| name)
    }
}

fn deadline(view: &View) -> Option<Due> {
    let is_open = !view.is_done() && view.stop().is_none();
    view.deadline().filter(|_| is_open).map(|time| (time, view.name().clone()))
}

fn expiry(view: &View) -> Option<Due> {
    Some((view.expire_time()?, view.name().clone()))
}

fn change(dues: &mut BTreeSet<Due>, before: Option<Due>, after: Option<Due>) {
    if before == after {
        return;
    }
    if let Some(before) = before {
        dues.remove(&before);
    }
    dues.extend(after);
}

fn until(dues: &BTreeSet<Due>, now: Timestamp) -> impl Iterator<Item = OperationName> {
    dues.iter().take_while(move |(time, _)| *time <= now).map(|(_, name)| name.clone())
}
