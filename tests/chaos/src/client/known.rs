//! What clients know of the operations that they have started.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::Plan;
use test_tools::Dice;

/// How many of the newest operations most questions are about.
const RECENT: u64 = 100;

/// What clients know. Clones are the same knowledge.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    operations: Vec<Operation>,
    places: HashMap<String, usize>,
}

/// One operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) plan: Plan,
    /// What it takes to finish it, if others do.
    pub(crate) token: Option<String>,
    pub(crate) is_done: bool,
    pub(crate) is_deleted: bool,
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an operation that somebody was told of.
    pub(crate) fn add(&self, name: &str, plan: &Plan, token: Option<String>) {
        let mut state = self.lock();
        if !state.places.contains_key(name) {
            let place = state.operations.len();
            state.places.insert(name.to_owned(), place);
            let (name, plan) = (name.to_owned(), plan.clone());
            state.operations.push(Operation { name, plan, token, is_done: false, is_deleted: false });
        }
    }

    /// Notes that an operation has ended.
    pub(crate) fn set_done(&self, name: &str) {
        self.edit(name, |operation| operation.is_done = true);
    }

    /// Notes that somebody asks for an operation to be deleted.
    pub(crate) fn set_deleted(&self, name: &str) {
        self.edit(name, |operation| operation.is_deleted = true);
    }

    fn edit(&self, name: &str, change: impl FnOnce(&mut Operation)) {
        let mut state = self.lock();
        if let Some(place) = state.places.get(name).copied() {
            change(&mut state.operations[place]);
        }
    }

    /// Those that are not known to be done.
    pub(crate) fn open(&self) -> Vec<Operation> {
        let state = self.lock();
        state.operations.iter().filter(|known| !known.is_done && !known.is_deleted).cloned().collect()
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Operation> {
        self.lock().operations.clone()
    }

    /// One of them: mostly one that is new.
    pub(crate) fn any(&self, dice: &Dice) -> Option<Operation> {
        let state = self.lock();
        let count = u64::try_from(state.operations.len()).unwrap_or_default();
        if count == 0 {
            return None;
        }
        let back = if dice.happens(800) { dice.below(count.min(RECENT)) } else { dice.below(count) };
        state.operations.iter().rev().nth(usize::try_from(back).unwrap_or_default()).cloned()
    }
}
