//! What other processes are to be told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lro_store::{Change, OperationName, StopReason};

use super::message::Writer;

/// How many operations wait at most to be told of. Beyond that, others are told to look at everything.
const CAPACITY: usize = 20_000;

/// Hints that wait. Of several about one operation the last is kept.
#[derive(Debug, Default)]
pub(super) struct Pending {
    methods: BTreeSet<Arc<str>>,
    operations: BTreeMap<OperationName, Step>,
    resync: bool,
}

#[derive(Debug)]
enum Step {
    StopRequested(StopReason),
    Done,
    Deleted,
}

impl Pending {
    pub(super) fn push(&mut self, change: Change) {
        if self.resync {
            return;
        }
        let (name, step) = match change {
            Change::Claimable(method) => {
                self.methods.insert(method);
                return;
            }
            Change::StopRequested(name, reason) => (name, Step::StopRequested(reason)),
            Change::Done(name) => (name, Step::Done),
            Change::Deleted(name) => (name, Step::Deleted),
            _ => return self.resync(),
        };
        if self.operations.len() >= CAPACITY {
            return self.resync();
        }
        self.operations.insert(name, step);
    }

    /// Tells others to look at everything, because something may have got lost.
    pub(super) fn resync(&mut self) {
        *self = Self { resync: true, ..Self::default() };
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.resync && self.methods.is_empty() && self.operations.is_empty()
    }

    /// Takes all that waits, as the texts of notifications from this sender.
    pub(super) fn take(&mut self, sender: &str) -> Vec<String> {
        let Self { methods, operations, resync } = std::mem::take(self);
        let mut writer = Writer::new(sender);
        if resync {
            writer.push("r", "", "");
        }
        for method in methods {
            writer.push("c", &method, "");
        }
        for (name, step) in operations {
            match step {
                Step::StopRequested(reason) => writer.push("s", name.as_str(), &reason.to_column()),
                Step::Done => writer.push("d", name.as_str(), ""),
                Step::Deleted => writer.push("x", name.as_str(), ""),
            }
        }
        writer.finish()
    }
}
