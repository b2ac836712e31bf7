//! Hints that get lost.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use lro_store::{Change, ChangeHub, Changes};

type Keep = Box<dyn FnMut(&Change) -> bool + Send>;

/// Which hints of a connection get through. Clones are the same connection.
#[derive(Clone, Default)]
pub(super) struct Hints {
    /// Decides about each hint; without it, all get through.
    keep: Arc<Mutex<Option<Keep>>>,
    /// Tells readers of what was lost.
    resync: ChangeHub,
}

impl Hints {
    pub(super) fn set(&self, keep: Option<Keep>) {
        *self.keep.lock().unwrap_or_else(PoisonError::into_inner) = keep;
    }

    pub(super) fn resync(&self) {
        self.resync.resync();
    }

    /// Those of the store's hints that get through.
    pub(super) fn of(&self, changes: Changes) -> Changes {
        let keep = Arc::clone(&self.keep);
        let changes = changes.filter(move |change| {
            let mut keep = keep.lock().unwrap_or_else(PoisonError::into_inner);
            *change == Change::Resync || keep.as_mut().is_none_or(|keep| keep(change))
        });
        self.resync.attach(&changes);
        changes
    }
}

impl fmt::Debug for Hints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hints").finish_non_exhaustive()
    }
}
