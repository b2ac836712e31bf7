//! The memory store keeps every promise.

use lro_store::{ManualClock, MemoryStore};
use lro_store_conformance::{Capabilities, Harness, HarnessError, HintReach};

struct MemoryHarness(MemoryStore);

/// Room for what the tests need, and little enough to be filled.
const CAPACITY: usize = 64 * 1024 * 1024;

impl Harness for MemoryHarness {
    type Store = MemoryStore;
    const CAPABILITIES: Capabilities = Capabilities::new().hints(HintReach::EveryHandle).capacity(CAPACITY);

    async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
        Ok(Self(MemoryStore::builder().clock(clock).capacity(CAPACITY).build()))
    }

    async fn connect(&self) -> Result<MemoryStore, HarnessError> {
        Ok(self.0.clone())
    }
}

lro_store_conformance::suite!(MemoryHarness);
