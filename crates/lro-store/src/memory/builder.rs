//! The settings of a memory store.

use crate::{Clock, MemoryStore, SystemClock};

/// Makes a [`MemoryStore`].
#[derive(Debug)]
#[must_use = "a store is made by `build`"]
pub struct MemoryStoreBuilder {
    clock: Box<dyn Clock>,
    capacity: usize,
}

impl MemoryStoreBuilder {
    pub(super) fn new() -> Self {
        Self { clock: Box::new(SystemClock), capacity: 256 * 1024 * 1024 }
    }

    /// Where it gets the time from; the system's clock by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// How many bytes its operations take at most, as well as that can be reckoned; 256 MiB by default.
    pub fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = bytes;
        self
    }

    /// Makes the store.
    pub fn build(self) -> MemoryStore {
        MemoryStore::build(self.clock, self.capacity)
    }
}
