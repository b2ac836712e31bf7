//! Which operations have which exclusive key.

use std::collections::{BTreeSet, HashMap};

use crate::{Cursor, ExclusiveKey, OperationName, StateKind, View};

/// The operations that are not done, by their exclusive key.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<ExclusiveKey, Key>);

#[derive(Debug, Default)]
struct Key {
    unfinished: BTreeSet<Cursor>,
    running: Option<OperationName>,
    /// The one that a claim can find.
    offered: Option<OperationName>,
}

impl Keys {
    /// Notes an operation as it now is.
    pub(super) fn add(&mut self, view: &View) {
        let Some(key) = view.exclusive().filter(|_| !view.is_done()) else { return };
        let key = self.0.entry(key.clone()).or_default();
        key.unfinished.insert(view.into());
        if view.kind() == StateKind::Running {
            key.running = Some(view.name().clone());
        }
    }

    /// Forgets an operation as it was.
    pub(super) fn remove(&mut self, view: &View) {
        let Some(name) = view.exclusive().filter(|_| !view.is_done()) else { return };
        let Some(key) = self.0.get_mut(name) else { return };
        key.unfinished.remove(&Cursor::from(view));
        if key.running.as_ref() == Some(view.name()) {
            key.running = None;
        }
        if key.offered.as_ref() == Some(view.name()) {
            key.offered = None;
        }
        if key.unfinished.is_empty() {
            self.0.remove(name);
        }
    }

    /// The operation that holds a key: what [`holder`](crate::holder) says of those that have it.
    pub(super) fn holder(&self, key: &ExclusiveKey) -> Option<&OperationName> {
        let key = self.0.get(key)?;
        key.running.as_ref().or_else(|| key.unfinished.first().map(|oldest| &oldest.name))
    }

    /// Makes the holder of a key the one that a claim can find, if it is queued: the one before and the one from
    /// now on, unless that is no change.
    pub(super) fn offer_holder(
        &mut self,
        key: &ExclusiveKey,
        is_queued: impl Fn(&OperationName) -> bool,
    ) -> Option<(Option<OperationName>, Option<OperationName>)> {
        let holder = self.holder(key).filter(|name| is_queued(name)).cloned();
        let key = self.0.get_mut(key)?;
        if key.offered == holder {
            return None;
        }
        let before = std::mem::replace(&mut key.offered, holder.clone());
        Some((before, holder))
    }

    /// All that have a key and are not done.
    pub(super) fn unfinished(&self, key: &ExclusiveKey) -> Vec<Cursor> {
        self.0.get(key).map(|key| key.unfinished.iter().cloned().collect()).unwrap_or_default()
    }
}
