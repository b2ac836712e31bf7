//! What partitions cost and what they save, beside the same without, on one private cluster in one run:
//! `cargo run --release -p lro-postgres --example partitions -- [OPERATIONS] [SECONDS]`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lro_postgres::PostgresStore;
use lro_store::{
    Beginning, ManualClock, NewOperation, OperationName, Outcome, Parent, Payload, RequestId, Store,
    StoreExt, WorkerId,
};
use tokio_postgres::Client;

type Any = Box<dyn std::error::Error + Send + Sync>;

const CALLERS: usize = 32;
const SPAN: Duration = Duration::from_secs(3600);
/// How many partitions have operations in them; 0 is without.
const COUNTS: [u32; 4] = [0, 2, 12, 31];

#[tokio::main]
async fn main() -> Result<(), Any> {
    let mut arguments = std::env::args().skip(1);
    let operations: usize = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let time = Duration::from_secs(arguments.next().map_or(Ok(3), |text| text.parse())?);
    let cluster = test_postgres::private().ok_or("there is no PostgreSQL")?.durable().start()?;
    let mut worlds = Vec::new();
    for count in COUNTS {
        let database = format!("partitions_{count}");
        cluster.create_database(&database)?;
        worlds.push(World::filled(&cluster.url(&database), count, operations).await?);
    }
    for _ in 0..3 {
        let mut without = None;
        for world in &worlds {
            let (starts, gets) = (world.starts(time).await?, world.gets(time).await?);
            let (whole_starts, whole_gets) = *without.get_or_insert((starts, gets));
            println!(
                "{:>2} partitions: {starts:.0} operations/s from start to done, {:.2} of those without; {gets:.0} reads/s, {:.2}",
                world.count,
                starts / whole_starts,
                gets / whole_gets,
            );
        }
    }
    for world in &worlds {
        world.remove().await?;
    }
    Ok(())
}

struct World {
    store: PostgresStore,
    clock: ManualClock,
    other: Client,
    count: u32,
    names: Arc<[OperationName]>,
}

impl World {
    /// A store with so many operations in so many partitions.
    async fn filled(url: &str, count: u32, operations: usize) -> Result<Self, Any> {
        let clock = ManualClock::default();
        let mut builder = PostgresStore::builder(url).clock(clock.clone());
        if count > 0 {
            builder = builder.partition(SPAN);
        }
        let store = builder.connect().await?;
        store.purge(1).await?;
        let (other, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let mut names = Vec::new();
        let parts = count.max(1);
        for part in 0..parts {
            for _ in 0..operations.div_ceil(500 * parts as usize) {
                let batch: Vec<_> = (0..500).map(|_| done()).collect();
                names.extend(batch.iter().map(|new| new.name().clone()));
                store.create(batch).await?;
            }
            if part + 1 < parts {
                clock.advance(SPAN);
                store.purge(1).await?;
            }
        }
        other.batch_execute("VACUUM ANALYZE").await?;
        Ok(Self { store, clock, other, count, names: names.into() })
    }

    async fn starts(&self, time: Duration) -> Result<f64, Any> {
        let worker = WorkerId::new("w");
        self.store.keep_alive(&worker, SPAN).await?;
        self.rate(time, move |store, _| {
            let worker = worker.clone();
            async move {
                let new = operation().with_beginning(Beginning::ClaimedBy(worker));
                let created = store.create_one(new).await?.created().ok_or("it was not created")?;
                let fence = created.fence().ok_or("it was not claimed")?;
                store.finish_one(fence, outcome()).await?;
                Ok(())
            }
        })
        .await
    }

    async fn gets(&self, time: Duration) -> Result<f64, Any> {
        let names = Arc::clone(&self.names);
        self.rate(time, move |store, number| {
            // A step that is prime to all counts looks like chance.
            let name = names[number.wrapping_mul(7_919) % names.len()].clone();
            async move {
                store.get_one(&name).await?.ok_or("it is gone")?;
                Ok(())
            }
        })
        .await
    }

    /// Calls a second, of many callers.
    async fn rate<F, R>(&self, time: Duration, call: F) -> Result<f64, Any>
    where
        F: Fn(PostgresStore, usize) -> R + Clone + Send + 'static,
        R: Future<Output = Result<(), Any>> + Send,
    {
        let (count, ends, begin) =
            (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)), Instant::now());
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (store, call) = (self.store.clone(), call.clone());
                let (count, ends) = (Arc::clone(&count), Arc::clone(&ends));
                tokio::spawn(async move {
                    for number in 0.. {
                        if ends.load(Ordering::Relaxed) {
                            break;
                        }
                        call(store.clone(), number * CALLERS + caller).await?;
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<_, Any>(())
                })
            })
            .collect();
        tokio::time::sleep(time).await;
        ends.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.await??;
        }
        Ok(f64::from(u32::try_from(count.load(Ordering::Relaxed))?) / begin.elapsed().as_secs_f64())
    }

    /// Removes all, when all of it is over.
    async fn remove(&self) -> Result<(), Any> {
        let all: i64 = self.other.query_one("SELECT count(*) FROM lro.operation", &[]).await?.get(0);
        // What was created last is in the current partition, which stays.
        self.clock.advance(SPAN);
        self.store.purge(0).await?;
        self.clock.advance(NewOperation::DEFAULT_RETENTION);
        let wal = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";
        let (before, begin): (i64, _) = (self.other.query_one(wal, &[]).await?.get(0), Instant::now());
        while self.store.purge(500).await? > 0 {}
        let took = begin.elapsed();
        let written: i64 = self.other.query_one(wal, &[]).await?.get(0);
        let left: i64 = self.other.query_one("SELECT count(*) FROM lro.operation", &[]).await?.get(0);
        println!(
            "{:>2} partitions: {} operations removed in {took:?}, {} kB of log, {left} left",
            self.count,
            all - left,
            (written - before) / 1024,
        );
        Ok(())
    }
}

fn operation() -> NewOperation {
    let name = OperationName::random(&Parent::default());
    let request = RequestId::new(name.as_str()).ok();
    let new =
        NewOperation::new(name, "/bench.Service/Work", Payload::new("type.googleapis.com/a.B", vec![7; 256]));
    match request {
        Some(request) => new.with_request_id(request),
        None => new,
    }
}

fn done() -> NewOperation {
    operation().with_beginning(Beginning::Done(outcome()))
}

fn outcome() -> Outcome {
    Outcome::Response(Payload::new("type.googleapis.com/a.C", vec![7; 256]))
}
