//! A queue of no-op jobs on apalis-postgres: `drain-apalis load URL COUNT`, then `drain-apalis run URL COUNT CONCURRENCY`,
//! which prints how many seconds it took.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apalis::prelude::*;
use apalis_postgres::{Config, PgPool, PostgresStorage};

const QUEUE: &str = "bench";

static BEGUN: AtomicUsize = AtomicUsize::new(0);

#[tokio::main]
async fn main() -> Result<(), BoxDynError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pool = PgPool::connect(&arguments[1]).await?;
    let count: usize = arguments[2].parse()?;
    match arguments[0].as_str() {
        "load" => load(&pool, count).await,
        _ => run(&pool, count, arguments[3].parse()?).await,
    }
}

async fn load(pool: &PgPool, count: usize) -> Result<(), BoxDynError> {
    PostgresStorage::setup(pool).await?;
    for from in (0..count).step_by(1_000) {
        let jobs = (from..count.min(from + 1_000))
            .map(|number| TaskBuilder::new(number.to_string().into_bytes()).build())
            .collect();
        let mut connection = pool.acquire().await?;
        apalis_postgres::queries::push_tasks(&mut *connection, QUEUE, jobs).await?;
    }
    Ok(())
}

async fn run(pool: &PgPool, count: usize, concurrency: usize) -> Result<(), BoxDynError> {
    let began = Instant::now();
    let config = Config::default().queue(QUEUE).batch_size(concurrency);
    let storage: PostgresStorage<usize> = PostgresStorage::new(pool).with_config(config);
    let worker = WorkerBuilder::new("bench").backend(storage).concurrency(concurrency).build(job);
    let worker = tokio::spawn(worker.run());
    // Looking for one that is not done walks over all that was, so that is left for the end.
    while BEGUN.load(Ordering::Relaxed) < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let is_left = "SELECT EXISTS (SELECT FROM apalis.jobs WHERE status IN ('Pending', 'Queued', 'Running'))";
    while sqlx::query_scalar::<_, bool>(is_left).fetch_one(pool).await? {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("{}", began.elapsed().as_secs_f64());
    worker.abort();
    Ok(())
}

async fn job(_: usize) -> Result<(), BoxDynError> {
    BEGUN.fetch_add(1, Ordering::Relaxed);
    Ok(())
}
