//! A store that could fail, and is not told to, is the store.

use lro_store::{ManualClock, MemoryStore};
use lro_store_conformance::{Capabilities, FaultyStore, Harness, HarnessError, HintReach};

/// Keeps the data, so that it is there after all stores were dropped.
struct TransparentHarness(MemoryStore);

impl Harness for TransparentHarness {
    type Store = FaultyStore<MemoryStore>;
    const CAPABILITIES: Capabilities = Capabilities::new().durable().hints(HintReach::EveryHandle);

    async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
        Ok(Self(MemoryStore::with_clock(clock)))
    }

    async fn connect(&self) -> Result<FaultyStore<MemoryStore>, HarnessError> {
        Ok(FaultyStore::new(self.0.clone()))
    }
}

lro_store_conformance::suite!(TransparentHarness);
