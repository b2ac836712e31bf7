//! What a faulty server remembers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use lro::google::longrunning::Operation;

/// What a faulty server remembers.
#[derive(Debug, Default)]
pub(crate) struct State(Mutex<Inner>);

/// What is in it.
#[derive(Debug, Default)]
pub(super) struct Inner {
    /// When operations were started, by name.
    pub(super) started: HashMap<String, Instant>,
    /// How often something was asked of an operation.
    pub(super) counts: HashMap<String, usize>,
    /// The last of the last page.
    pub(super) last_listed: Option<Operation>,
    /// Page tokens that the server gave.
    pub(super) tokens: Vec<String>,
}

impl State {
    /// Never held across an `await`.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often it is asked, this time included.
    pub(super) fn count(&self, name: &str) -> usize {
        let mut state = self.lock();
        let count = state.counts.entry(name.to_owned()).or_default();
        *count += 1;
        *count
    }
}
