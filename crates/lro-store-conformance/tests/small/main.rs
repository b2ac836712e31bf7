//! The small store of the guide keeps every promise, so the suite takes nothing from the memory store.

mod data;
mod store;

use lro_store::ManualClock;
use lro_store_conformance::{Capabilities, Harness, HarnessError};

use self::store::SmallStore;

struct SmallHarness(SmallStore);

impl Harness for SmallHarness {
    type Store = SmallStore;
    const CAPABILITIES: Capabilities = Capabilities::new();

    async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
        Ok(Self(SmallStore::new(clock)))
    }

    async fn connect(&self) -> Result<SmallStore, HarnessError> {
        Ok(self.0.clone())
    }
}

lro_store_conformance::suite!(SmallHarness);
