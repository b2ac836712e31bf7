//! The promises of every store, kept on PostgreSQL: directly, in partitions, behind pgbouncer, and without what only
//! PostgreSQL has.
//!
//! Where there is no PostgreSQL, a line says so and a memory store stands in.

mod turner;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lro_postgres::{Mode, PostgresStore};
use lro_store::{ManualClock, MemoryStore, Store};
use lro_store_conformance::{Capabilities, Harness, HarnessError, HintReach};
use test_postgres::{PgBouncer, Schema};
use tokio::sync::OnceCell;

use self::turner::Turner;

const DIRECT: u8 = 0;
const POOLED: u8 = 1;
const PORTABLE: u8 = 2;
const PARTITIONED: u8 = 3;

/// A schema on the server that all tests share.
struct PostgresHarness<const MODE: u8> {
    place: Place,
    clock: ManualClock,
    turner: OnceCell<Turner>,
}

enum Place {
    Schema { schema: Schema, url: String },
    Memory(MemoryStore),
}

impl<const MODE: u8> Harness for PostgresHarness<MODE> {
    type Store = Arc<dyn Store>;
    const CAPABILITIES: Capabilities = Capabilities::new().durable().hints(match MODE {
        DIRECT | PARTITIONED => HintReach::EveryHandle,
        _ => HintReach::SameHandle,
    });
    const MODEL_CASES: u32 = 24;
    const RACE_ROUNDS: usize = 25;

    async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
        let schema = test_postgres::shared().map(test_postgres::Server::schema);
        let url = match &schema {
            Some(schema) if MODE == POOLED => pooled(schema.url())?,
            Some(schema) => Some(schema.url().to_owned()),
            None => None,
        };
        let place = match schema.zip(url) {
            Some((schema, url)) => Place::Schema { schema, url },
            None => Place::Memory(MemoryStore::with_clock(clock.clone())),
        };
        Ok(Self { place, clock, turner: OnceCell::new() })
    }

    async fn connect(&self) -> Result<Arc<dyn Store>, HarnessError> {
        let (schema, url) = match &self.place {
            Place::Schema { schema, url } => (schema, url),
            Place::Memory(store) => return Ok(Arc::new(store.clone())),
        };
        let mode = match MODE {
            DIRECT | PARTITIONED => Mode::Direct,
            POOLED => Mode::Pooled,
            _ => Mode::Portable,
        };
        let builder = || {
            let builder = PostgresStore::builder(url).schema(schema.name()).mode(mode);
            let builder = builder.clock(self.clock.clone()).connections(2, 2);
            if MODE == PARTITIONED { builder.partition(Duration::from_secs(60)) } else { builder }
        };
        let store = builder().connect().await?;
        if MODE == PARTITIONED {
            let turner =
                async || Turner::start(url, schema.name(), builder().hints(false).connect().await?).await;
            self.turner.get_or_try_init(turner).await?;
        }
        Ok(Arc::new(store))
    }

    async fn stop(self) -> Result<(), HarnessError> {
        match self.turner.into_inner() {
            Some(turner) => turner.stop().await,
            None => Ok(()),
        }
    }
}

/// The URL by way of the pooler that all tests share, or nothing if there is none.
fn pooled(url: &str) -> Result<Option<String>, HarnessError> {
    static POOLER: OnceLock<Option<PgBouncer>> = OnceLock::new();
    let config: tokio_postgres::Config = url.parse()?;
    let [tokio_postgres::config::Host::Tcp(host)] = config.get_hosts() else { return Ok(None) };
    let address = format!("{host}:{}", config.get_ports().first().unwrap_or(&5432)).parse()?;
    let start = || Some(test_postgres::pooler()?.start(address).unwrap());
    let database = config.get_dbname().ok_or("the URL names no database")?;
    Ok(POOLER.get_or_init(start).as_ref().map(|pooler| pooler.url(database)))
}

mod direct {
    lro_store_conformance::suite!(super::PostgresHarness<{ super::DIRECT }>);
}

mod pooled {
    lro_store_conformance::suite!(super::PostgresHarness<{ super::POOLED }>);
}

mod partitioned {
    lro_store_conformance::suite!(super::PostgresHarness<{ super::PARTITIONED }>);
}

mod portable {
    lro_store_conformance::suite!(super::PostgresHarness<{ super::PORTABLE }>);
}
