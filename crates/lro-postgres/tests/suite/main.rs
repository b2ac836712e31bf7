//! The promises of every store, kept on PostgreSQL: directly, as behind a transaction pooler, and without what only
//! PostgreSQL has.

use lro_postgres::{Mode, PostgresStore};
use lro_store::ManualClock;
use lro_store_conformance::{Capabilities, Harness, HarnessError, HintReach};
use test_postgres::Schema;

/// A schema on the server that all tests share.
struct PostgresHarness<const MODE: u8> {
    schema: Schema,
    clock: ManualClock,
}

const DIRECT: u8 = 0;
const POOLED: u8 = 1;
const PORTABLE: u8 = 2;

impl<const MODE: u8> Harness for PostgresHarness<MODE> {
    type Store = PostgresStore;
    const CAPABILITIES: Capabilities = Capabilities::new().durable().hints(match MODE {
        DIRECT => HintReach::EveryHandle,
        _ => HintReach::SameHandle,
    });
    const MODEL_CASES: u32 = 24;
    const RACE_ROUNDS: usize = 25;

    async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
        let server = test_postgres::shared().ok_or("there is no PostgreSQL")?;
        Ok(Self { schema: server.schema(), clock })
    }

    async fn connect(&self) -> Result<PostgresStore, HarnessError> {
        let mode = match MODE {
            DIRECT => Mode::Direct,
            POOLED => Mode::Pooled,
            _ => Mode::Portable,
        };
        let builder = PostgresStore::builder(self.schema.url()).schema(self.schema.name()).mode(mode);
        Ok(builder.clock(self.clock.clone()).connections(2, 2).connect().await?)
    }
}

mod direct {
    lro_store_conformance::suite!(super::PostgresHarness<{ super::DIRECT }>);
}

mod pooled {
    lro_store_conformance::suite!(super::PostgresHarness<{ super::POOLED }>);
}

mod portable {
    lro_store_conformance::suite!(super::PostgresHarness<{ super::PORTABLE }>);
}
