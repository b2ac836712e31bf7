//! How much may run at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::lock::lock;

/// The slots of a process: so many in all, and for some methods so many of them.
#[derive(Debug)]
pub(in crate::server) struct Slots {
    total: usize,
    limits: BTreeMap<Arc<str>, usize>,
    used: Mutex<Used>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Used {
    total: usize,
    /// By method, of those that have a limit of their own.
    by_method: BTreeMap<Arc<str>, usize>,
    wanted: Wanted,
}

/// What somebody was given fewer of than asked for, until some of it is free again.
#[derive(Debug, Default)]
struct Wanted {
    /// Slots, whatever the method.
    any: bool,
    /// Slots of these methods.
    methods: BTreeSet<Arc<str>>,
}

impl Slots {
    pub(in crate::server) fn new(
        total: usize,
        limits: impl IntoIterator<Item = (&'static str, usize)>,
    ) -> Arc<Self> {
        let limits = limits.into_iter().map(|(method, limit)| (method.into(), limit)).collect();
        Arc::new(Self { total, limits, used: Mutex::default(), freed: Notify::new() })
    }

    /// The most that run at a time.
    pub(in crate::server) fn total(&self) -> usize {
        self.total
    }

    /// The most of one method that run at a time; `None` if only the total counts.
    pub(in crate::server) fn limit(&self, method: &str) -> Option<usize> {
        self.limits.get(method).copied()
    }

    /// A slot for an operation of a method, if there is one.
    pub(in crate::server) fn take(self: &Arc<Self>, method: &Arc<str>) -> Option<Slot> {
        let mut used = lock(&self.used);
        let limit = self.limit(method);
        let taken = used.by_method.get(method).copied().unwrap_or_default();
        if used.total >= self.total {
            used.wanted.any = true;
            return None;
        }
        if limit.is_some_and(|limit| taken >= limit) {
            used.wanted.methods.insert(Arc::clone(method));
            return None;
        }
        used.total += 1;
        if limit.is_some() {
            *used.by_method.entry(Arc::clone(method)).or_default() += 1;
        }
        Some(Slot { slots: Arc::clone(self), method: Arc::clone(method) })
    }

    /// Holds up to `batch` slots for operations of these methods; `None` if there is none for any.
    pub(in crate::server) fn reserve(
        self: &Arc<Self>,
        methods: &[Arc<str>],
        batch: usize,
    ) -> Option<Reservation> {
        let mut used = lock(&self.used);
        let total = batch.min(self.total.saturating_sub(used.total));
        used.wanted.any |= total < batch;
        let mut by_method = BTreeMap::new();
        for method in methods {
            let taken = used.by_method.get(method).copied().unwrap_or_default();
            let free = self.limit(method).map_or(total, |limit| limit.saturating_sub(taken).min(total));
            if free < total {
                used.wanted.methods.insert(Arc::clone(method));
            }
            if free > 0 {
                by_method.insert(Arc::clone(method), free);
            }
        }
        if by_method.is_empty() {
            return None;
        }
        // No more than what the methods can use, so that a look for one method leaves slots for the others.
        let total = total.min(by_method.values().sum());
        used.total += total;
        for (method, held) in &by_method {
            if self.limits.contains_key(method) {
                *used.by_method.entry(Arc::clone(method)).or_default() += held;
            }
        }
        drop(used);
        Some(Reservation { slots: Arc::clone(self), total, by_method })
    }

    /// Returns when work has ended whose slot somebody wanted. Cancel-safe.
    pub(in crate::server) async fn freed(&self) {
        self.freed.notified().await;
    }
}

impl Used {
    fn free(&mut self, method: &Arc<str>, count: usize) {
        if let Some(taken) = self.by_method.get_mut(method) {
            *taken = taken.saturating_sub(count);
        }
    }
}

/// Slots that are held for work which is being looked for. Dropping it frees what was not used.
#[derive(Debug)]
pub(in crate::server) struct Reservation {
    slots: Arc<Slots>,
    total: usize,
    by_method: BTreeMap<Arc<str>, usize>,
}

impl Reservation {
    /// How many slots it holds.
    pub(in crate::server) fn len(&self) -> usize {
        self.total
    }

    /// For which methods it holds slots, and at most how many for each.
    pub(in crate::server) fn methods(&self) -> impl Iterator<Item = (&Arc<str>, usize)> {
        self.by_method.iter().map(|(method, count)| (method, *count))
    }

    /// One of the slots, for an operation of this method.
    pub(in crate::server) fn slot(&mut self, method: &Arc<str>) -> Option<Slot> {
        let held = self.by_method.get_mut(method).filter(|held| **held > 0)?;
        self.total = self.total.checked_sub(1)?;
        *held -= 1;
        Some(Slot { slots: Arc::clone(&self.slots), method: Arc::clone(method) })
    }
}

impl Drop for Reservation {
    /// Tells nobody: who found no slot because of this reservation has asked for another look.
    fn drop(&mut self) {
        let mut used = lock(&self.slots.used);
        used.total -= self.total;
        for (method, held) in &self.by_method {
            if self.slots.limits.contains_key(method) {
                used.free(method, *held);
            }
        }
    }
}

/// The right to run one operation. Dropping it frees the slot.
#[derive(Debug)]
pub(in crate::server) struct Slot {
    slots: Arc<Slots>,
    method: Arc<str>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut used = lock(&self.slots.used);
        used.total -= 1;
        used.free(&self.method, 1);
        let is_wanted = std::mem::take(&mut used.wanted.any) | used.wanted.methods.remove(&self.method);
        drop(used);
        if is_wanted {
            self.slots.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn methods() -> [Arc<str>; 2] {
        ["/export", "/import"].map(Arc::from)
    }

    #[test]
    fn the_slots_of_a_method_are_limited_beside_the_total() {
        let [export, import] = methods();
        let slots = Slots::new(3, [("/export", 1)]);
        let one = slots.take(&export).unwrap();
        assert!(slots.take(&export).is_none());
        let others = [slots.take(&import).unwrap(), slots.take(&import).unwrap()];
        assert!(slots.take(&import).is_none());
        drop(one);
        let again = slots.take(&export).unwrap();
        drop(others);
        drop(again);
        let used = lock(&slots.used);
        assert_eq!((used.total, used.by_method.values().sum::<usize>()), (0, 0));
    }

    #[test]
    fn a_reservation_holds_what_its_methods_can_use_and_frees_the_rest() {
        let [export, import] = methods();
        let slots = Slots::new(10, [("/export", 2)]);
        let mut only_exports = slots.reserve(&[Arc::clone(&export)], 8).unwrap();
        assert_eq!(only_exports.len(), 2);
        let running = only_exports.slot(&export).unwrap();
        assert!(only_exports.slot(&import).is_none());
        drop(only_exports);
        let mut all = slots.reserve(&methods(), 20).unwrap();
        assert_eq!(all.len(), 9);
        let limits: BTreeMap<_, _> = all.methods().map(|(method, limit)| (&**method, limit)).collect();
        assert_eq!(limits, BTreeMap::from([("/export", 1), ("/import", 9)]));
        assert!(slots.reserve(&methods(), 1).is_none());
        let other = all.slot(&export).unwrap();
        assert!(all.slot(&export).is_none(), "it holds one of them");
        drop((all, running, other));
        assert_eq!(lock(&slots.used).total, 0);
    }

    #[tokio::test]
    async fn whoever_waits_for_a_slot_of_one_method_is_told_though_another_takes_one() {
        let [export, import] = methods();
        let slots = Slots::new(3, [("/export", 1)]);
        let taken = slots.take(&export).unwrap();
        assert!(slots.reserve(std::slice::from_ref(&export), 1).is_none());
        let _other = slots.take(&import).unwrap();
        drop(taken);
        tokio::select! {
            biased;
            () = slots.freed() => {}
            () = std::future::ready(()) => panic!("the slot became free and nobody heard of it"),
        }
    }

    #[tokio::test]
    async fn whoever_waits_for_a_slot_is_told() {
        let [_, import] = methods();
        let slots = Slots::new(1, []);
        let taken = slots.take(&import).unwrap();
        assert!(slots.reserve(&[import], 1).is_none());
        drop(taken);
        slots.freed().await;
    }

    #[tokio::test]
    async fn a_slot_that_is_wanted_stays_wanted_until_work_has_ended() {
        let [export, import] = methods();
        let slots = Slots::new(10, [("/export", 2)]);
        let mut looking = slots.reserve(&methods(), 5).unwrap();
        let [one, _two] = [(); 2].map(|()| looking.slot(&export).unwrap());
        drop(looking);
        let unwanted = slots.take(&import).unwrap();
        drop(unwanted);
        tokio::select! {
            biased;
            () = slots.freed() => panic!("no export has ended"),
            () = std::future::ready(()) => {}
        }
        drop(one);
        slots.freed().await;
    }
}
