//! The processes that there are at a time.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lro::CompletionToken;
use lro::store::OperationName;

use crate::process::{Process, World};
use test_tools::Dice;

/// The processes that there are at a time, and what clients know. Clones are the same site.
#[derive(Debug, Clone)]
pub(crate) struct Site(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(crate) struct State {
    slots: Vec<Option<Arc<Process>>>,
    /// The operations that others finish.
    pub(crate) tokens: Vec<(OperationName, CompletionToken)>,
    /// Who waits for what in which process. At most one does: tokio wakes several in an order that no seed decides.
    pub(crate) waits: BTreeSet<(usize, OperationName)>,
    /// How many clients have not come to their end.
    pub(crate) clients: usize,
}

impl Site {
    /// Begins the processes, and sees to it that each is followed by another one.
    pub(crate) fn begin(world: &World) -> Self {
        let slots = std::iter::repeat_with(|| None).take(world.knobs.processes).collect();
        let site = Self(Arc::new(Mutex::new(State { slots, ..State::default() })));
        for slot in 0..world.knobs.processes {
            tokio::spawn(keep(world.clone(), site.clone(), slot));
        }
        site
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The processes that live.
    pub(crate) fn living(&self) -> Vec<Arc<Process>> {
        let state = self.state();
        let lives = |process: &&Arc<Process>| !process.died.is_cancelled();
        state.slots.iter().flatten().filter(lives).cloned().collect()
    }

    /// One of the processes that live.
    pub(crate) fn pick(&self, dice: &Dice) -> Option<Arc<Process>> {
        let living = self.living();
        (!living.is_empty()).then(|| Arc::clone(&living[dice.index(living.len())]))
    }
}

async fn keep(world: World, site: Site, slot: usize) {
    loop {
        let process = Process::begin(&world);
        let died = process.died.clone();
        site.state().slots[slot] = Some(process);
        died.cancelled().await;
        // Dropped outside of the lock, because that ends the engine.
        let ended = site.state().slots[slot].take();
        drop(ended);
        tokio::time::sleep(world.dice.millis(0..8_000)).await;
    }
}
