//! The store keeps every promise of the suite.

use lro_sqlite::SqliteStore;
use lro_store::ManualClock;
use lro_store_conformance::{Capabilities, Harness, HarnessError, HintReach};
use tempfile::TempDir;

struct SqliteHarness {
    clock: ManualClock,
    folder: TempDir,
}

impl Harness for SqliteHarness {
    type Store = SqliteStore;
    const CAPABILITIES: Capabilities = Capabilities::new().durable().hints(HintReach::SameHandle);

    async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
        Ok(Self { clock, folder: tempfile::tempdir()? })
    }

    async fn connect(&self) -> Result<SqliteStore, HarnessError> {
        let path = self.folder.path().join("operations.db");
        Ok(SqliteStore::builder(path).clock(self.clock.clone()).open().await?)
    }

    async fn stop(self) -> Result<(), HarnessError> {
        Ok(self.folder.close()?)
    }
}

lro_store_conformance::suite!(SqliteHarness);
