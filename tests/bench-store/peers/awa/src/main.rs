//! A queue of no-op jobs on awa: `drain-awa load URL COUNT`, then `drain-awa run URL COUNT CONCURRENCY`, which prints how
//! many seconds it took.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use awa::model::insert::params_with;
use awa::{
    Client, InsertOpts, JobArgs, JobResult, QueueConfig, QueueStorage, QueueStorageConfig, migrations,
};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

const QUEUE: &str = "bench";

#[derive(Debug, Serialize, Deserialize, JobArgs)]
struct Nothing {
    number: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pool = PgPoolOptions::new().max_connections(20).connect(&arguments[1]).await?;
    let count: usize = arguments[2].parse()?;
    match arguments[0].as_str() {
        "load" => load(&pool, count).await,
        _ => run(&pool, count, arguments[3].parse()?).await,
    }
}

fn storage() -> Result<QueueStorage, Box<dyn Error>> {
    Ok(QueueStorage::new(QueueStorageConfig::default())?)
}

async fn load(pool: &PgPool, count: usize) -> Result<(), Box<dyn Error>> {
    migrations::run(pool).await?;
    // The first client of a new database chooses its storage.
    let first = Client::builder(pool.clone())
        .queue("another", QueueConfig::default())
        .register::<Nothing, _, _>(|_, _| async { Ok(JobResult::Completed) })
        .build()?;
    first.start().await?;
    first.shutdown(Duration::from_secs(5)).await;
    let storage = storage()?;
    for from in (0..count).step_by(1_000) {
        let options = || InsertOpts { queue: QUEUE.into(), ..InsertOpts::default() };
        let jobs = (from..count.min(from + 1_000)).map(|number| params_with(&Nothing { number }, options()));
        storage.enqueue_params_copy(pool, &jobs.collect::<Result<Vec<_>, _>>()?).await?;
    }
    Ok(())
}

async fn run(pool: &PgPool, count: usize, concurrency: u32) -> Result<(), Box<dyn Error>> {
    let (begun, began) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let counter = Arc::clone(&begun);
    let client = Client::builder(pool.clone())
        .queue(QUEUE, QueueConfig { max_workers: concurrency, ..QueueConfig::default() })
        .register::<Nothing, _, _>(move |_, _| {
            counter.fetch_add(1, Ordering::Relaxed);
            async { Ok(JobResult::Completed) }
        })
        .build()?;
    client.start().await?;
    // Counting what is done reads all of it, so that is left for the end.
    while begun.load(Ordering::Relaxed) < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let storage = storage()?;
    while usize::try_from(storage.queue_counts(pool, QUEUE).await?.terminal)? < count {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("{}", began.elapsed().as_secs_f64());
    client.shutdown(Duration::from_secs(5)).await;
    Ok(())
}
