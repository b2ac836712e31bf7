//! Operations in partitions.

mod life;
mod setup;
mod traffic;
mod turns;

use std::time::Duration;

use lro_postgres::{Mode, PostgresStore};
use lro_store::{Beginning, ManualClock, NewOperation};
use test_postgres::Schema;
use tokio_postgres::Client;

use crate::support::{client, operation, response};

const SPAN: Duration = Duration::from_secs(3600);

/// A store in a schema of its own, its clock, and another way to its tables.
struct World {
    store: PostgresStore,
    clock: ManualClock,
    schema: Schema,
    other: Client,
}

impl World {
    async fn new() -> Option<Self> {
        Self::with_mode(Mode::Direct).await
    }

    /// Nothing if there is no PostgreSQL.
    async fn with_mode(mode: Mode) -> Option<Self> {
        let (schema, clock) = (test_postgres::shared()?.schema(), ManualClock::default());
        let store = open(&schema, mode, &clock).await;
        let other = client(schema.url()).await;
        other.batch_execute(&format!("SET search_path = {}", schema.name())).await.unwrap();
        Some(Self { store, clock, schema, other })
    }

    /// The numbers of the partitions. They come in pairs.
    async fn partitions(&self) -> Vec<i32> {
        let sql =
            "SELECT substring(c.relname FROM '[0-9]+$')::integer, min(c.relname) || ' ' || max(c.relname)
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent IN ('operation'::regclass, 'finished'::regclass) AND c.relkind = 'r'
            GROUP BY 1 ORDER BY 1";
        let number = |row: tokio_postgres::Row| {
            let number = row.get(0);
            assert_eq!(row.get::<_, String>(1), format!("finished_{number} operation_{number}"));
            number
        };
        self.other.query(sql, &[]).await.unwrap().into_iter().map(number).collect()
    }

    /// How many rows a table has, also of what nobody can read.
    async fn count(&self, table: &str) -> i64 {
        self.other.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0)
    }

    /// Lets one span pass, and has the partitions looked after; how many operations were removed by themselves.
    async fn pass(&self) -> usize {
        use lro_store::Store;

        self.clock.advance(SPAN);
        self.store.purge(100).await.unwrap()
    }
}

async fn open(schema: &Schema, mode: Mode, clock: &ManualClock) -> PostgresStore {
    let builder = PostgresStore::builder(schema.url()).schema(schema.name()).mode(mode);
    let store = builder.partition(SPAN).clock(clock.clone()).connect().await.unwrap();
    lro_store::Store::purge(&store, 1).await.unwrap();
    store
}

/// An operation that is done and kept for so many spans.
fn done(id: &str, spans: u32) -> NewOperation {
    operation(id).with_beginning(Beginning::Done(response())).with_retention(SPAN * spans)
}
