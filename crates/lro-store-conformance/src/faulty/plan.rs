//! Which call gets which fault.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::{Call, Fault, StoreMethod};

type Decide = Box<dyn FnMut(&Call) -> Fault + Send>;

/// Which call gets which fault: what is said of the next calls of its method, else what is said of the method,
/// else what the closure says.
#[derive(Default)]
pub(super) struct Plan {
    rules: Mutex<[Rules; StoreMethod::COUNT]>,
    /// Has a lock of its own, so that it may add rules.
    decide: Mutex<Option<Decide>>,
}

/// What goes wrong with the calls of one method.
#[derive(Debug, Default)]
struct Rules {
    next: VecDeque<(usize, Fault)>,
    always: Option<Fault>,
}

impl Plan {
    pub(super) fn set(&self, methods: &[StoreMethod], fault: Fault) {
        self.edit(methods, |rules| rules.always = Some(fault));
    }

    pub(super) fn set_next(&self, methods: &[StoreMethod], count: usize, fault: Fault) {
        self.edit(methods, |rules| rules.next.push_back((count, fault)));
    }

    pub(super) fn set_decision(&self, decide: Option<Decide>) {
        *self.decide.lock().unwrap_or_else(PoisonError::into_inner) = decide;
    }

    pub(super) fn clear(&self) {
        self.edit(&StoreMethod::ALL, |rules| *rules = Rules::default());
        self.set_decision(None);
    }

    /// What goes wrong with a call.
    pub(super) fn fault_of(&self, call: &Call) -> Fault {
        let mut fault = None;
        self.edit(&[call.method], |rules| fault = rules.take());
        fault.unwrap_or_else(|| {
            let mut decide = self.decide.lock().unwrap_or_else(PoisonError::into_inner);
            decide.as_mut().map_or_else(Fault::none, |decide| decide(call))
        })
    }

    fn edit(&self, methods: &[StoreMethod], mut change: impl FnMut(&mut Rules)) {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        for method in methods {
            change(&mut rules[method.index()]);
        }
    }
}

impl Rules {
    fn take(&mut self) -> Option<Fault> {
        while let Some((left, fault)) = self.next.front_mut() {
            if let Some(after) = left.checked_sub(1) {
                *left = after;
                return Some(*fault);
            }
            self.next.pop_front();
        }
        self.always
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("rules", &self.rules).finish_non_exhaustive()
    }
}
