//! What a scripted server and its transports share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::call::Call;
use super::fault::Fault;
use super::methods::Methods;
use super::operations::Operations;
use super::waiting::Waiting;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    /// Apart from the rest, because conditions of faults may ask the server what it has seen.
    pub(super) faults: Mutex<Vec<Fault>>,
    /// When the server was made.
    pub(super) start: Instant,
    held: AtomicUsize,
    most_held: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) methods: Methods,
    pub(super) operations: Operations,
    pub(super) waiting: Waiting,
    pub(super) calls: Vec<Call>,
    pub(super) max_concurrent_streams: Option<usize>,
}

impl Shared {
    /// The state of a server without methods and operations, with which nothing is wrong.
    pub(super) fn new() -> Self {
        let state = State {
            methods: Methods::default(),
            operations: Operations::default(),
            waiting: Waiting::as_asked(),
            calls: Vec::new(),
            max_concurrent_streams: None,
        };
        Self {
            state: Mutex::new(state),
            faults: Mutex::default(),
            start: Instant::now(),
            held: AtomicUsize::new(0),
            most_held: AtomicUsize::new(0),
        }
    }

    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    pub(super) fn most_held(&self) -> usize {
        self.most_held.load(Ordering::Relaxed)
    }

    /// Counts a call as held, until the result is dropped.
    pub(super) fn hold(&self) -> Held<'_> {
        let held = self.held.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_held.fetch_max(held, Ordering::Relaxed);
        Held(&self.held)
    }
}

/// A call that the server holds.
pub(super) struct Held<'a>(&'a AtomicUsize);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A closure of the test that panics, as assertions do, leaves the server as it was.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
