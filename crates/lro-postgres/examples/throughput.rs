//! Start-to-done of the store beside the two writes that it is made of, in plain arrays of the same size, on one
//! private cluster in one run: `cargo run --release -p lro-postgres --example throughput -- [CALLERS] [SECONDS]`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lro_postgres::PostgresStore;
use lro_store::{
    Beginning, Claim, Finish, NewOperation, OperationName, Outcome, Parent, Payload, Store, StoreExt,
    WorkerId,
};

type Any = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Any> {
    let mut arguments = std::env::args().skip(1);
    let callers: usize = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let cluster = test_postgres::private().ok_or("there is no PostgreSQL")?.durable().start()?;
    let url = cluster.url("postgres");
    for _ in 0..2 {
        let batches = batches(&cluster, &url, callers, Duration::from_secs(seconds)).await?;
        println!("store, arrays of {callers}: {batches:.0} operations/s");
        // As many operations at a time as there are callers.
        let raw = raw(&cluster, &url, 1, callers, Duration::from_secs(seconds)).await?;
        println!("raw, arrays of {callers}: {raw:.0} operations/s");
        for writers in [1, 2, 3, 4] {
            let before = (wal(&cluster)?, commits(&cluster)?);
            let (own, p99, count) = own(&url, writers, callers, Duration::from_secs(seconds)).await?;
            let wal = (wal(&cluster)? - before.0) / count;
            let each = 2 * count / (commits(&cluster)? - before.1);
            println!(
                "store, {callers} callers, {writers} connections: {own:.0} operations/s, {:.2} of raw; p99 {p99:?}; \
                 {wal} bytes of WAL each; {each} writes a commit",
                own / raw
            );
        }
    }
    drain(&url).await
}

/// The processor time that the servers for clients have taken, in hundredths of a second.
fn processor(cluster: &test_postgres::Cluster) -> Result<u64, Any> {
    let sql =
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let mut sum = 0;
    for pid in cluster.execute("postgres", sql)?.lines() {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        sum += fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    }
    Ok(sum)
}

fn wal(cluster: &test_postgres::Cluster) -> Result<u64, Any> {
    Ok(cluster
        .execute("postgres", "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")?
        .trim()
        .parse()?)
}

fn commits(cluster: &test_postgres::Cluster) -> Result<u64, Any> {
    let sql = "SELECT sum(xact_commit)::bigint FROM pg_stat_database WHERE datname = 'postgres'";
    Ok(cluster.execute("postgres", sql)?.trim().parse()?)
}

async fn client(url: &str) -> Result<tokio_postgres::Client, Any> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Inserts rows and then updates them by name, in arrays, over some connections.
async fn raw(
    cluster: &test_postgres::Cluster,
    url: &str,
    connections: usize,
    size: usize,
    time: Duration,
) -> Result<f64, Any> {
    let setup = client(url).await?;
    setup
        .batch_execute(
            "DROP TABLE IF EXISTS raw;
             CREATE TABLE raw (name text PRIMARY KEY, worker text, attempt bigint, state int, payload bytea, result bytea)
             WITH (fillfactor = 70)",
        )
        .await?;
    let count = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (client, count) = (client(url).await?, Arc::clone(&count));
        tasks.push(tokio::spawn(async move {
            let insert = client
                .prepare(
                    "INSERT INTO raw SELECT n, 'w', 1, 1, p FROM unnest($1::text[], $2::bytea[]) i(n, p)",
                )
                .await?;
            let update = client
                .prepare(
                    "UPDATE raw r SET state = 2, result = i.p FROM unnest($1::text[], $2::bytea[]) i(n, p)
                     WHERE r.name = i.n AND r.worker = 'w' AND r.attempt = 1 AND r.state = 1",
                )
                .await?;
            while begin.elapsed() < time {
                let names: Vec<String> =
                    (0..size).map(|_| OperationName::random(&Parent::default()).to_string()).collect();
                let payloads: Vec<Vec<u8>> = vec![vec![7; 256]; size];
                client.execute(&insert, &[&names, &payloads]).await?;
                count.fetch_add(client.execute(&update, &[&names, &payloads]).await?, Ordering::Relaxed);
            }
            Ok::<_, tokio_postgres::Error>(client)
        }));
    }
    let mut clients = Vec::new();
    for task in tasks {
        clients.push(task.await??);
    }
    let processor = processor(cluster)? * 10_000 / count.load(Ordering::Relaxed);
    println!("the server takes {processor} µs of processor time for each raw operation");
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded")]
    Ok(count.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64())
}

fn operation() -> NewOperation {
    let request = Payload::new("type.googleapis.com/test.Request", vec![7; 256]);
    NewOperation::new(OperationName::random(&Parent::default()), "/test.Service/Work", request)
}

/// Starts and ends operations, an array at a time.
async fn batches(
    cluster: &test_postgres::Cluster,
    url: &str,
    size: usize,
    time: Duration,
) -> Result<f64, Any> {
    let store = PostgresStore::connect(url).await?;
    let worker = WorkerId::random();
    store.keep_alive(&worker, Duration::from_secs(600)).await?;
    let (begin, mut count) = (Instant::now(), 0);
    let (mut creating, mut finishing) = (Duration::ZERO, Duration::ZERO);
    while begin.elapsed() < time {
        let started = Instant::now();
        let new = || operation().with_beginning(Beginning::ClaimedBy(worker.clone()));
        let created = store.create((0..size).map(|_| new()).collect()).await?;
        creating += started.elapsed();
        let finish = |creation: lro_store::Creation| {
            let response = Payload::new("type.googleapis.com/test.Response", vec![7; 256]);
            Some(Finish::new(creation.created()?.fence()?, Outcome::Response(response)))
        };
        let finishes: Vec<_> = created.into_iter().filter_map(finish).collect();
        let started = Instant::now();
        count += store.finish(finishes).await?.len();
        finishing += started.elapsed();
    }
    let processor = processor(cluster)? * 10_000 / count as u64;
    println!("the server takes {processor} µs of processor time for each operation");
    let rounds = u32::try_from(count / size)?.max(1);
    println!("a batch is created in {:?} and finished in {:?}", creating / rounds, finishing / rounds);
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded")]
    Ok(count as f64 / begin.elapsed().as_secs_f64())
}

/// Starts and ends operations, one by one from each caller.
async fn own(url: &str, writers: usize, callers: usize, time: Duration) -> Result<(f64, Duration, u64), Any> {
    let store = PostgresStore::builder(url).connections(writers, 2).connect().await?;
    let worker = WorkerId::random();
    store.keep_alive(&worker, Duration::from_secs(600)).await?;
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..callers {
        let (store, worker) = (store.clone(), worker.clone());
        tasks.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < time {
                let started = Instant::now();
                let new = operation().with_beginning(Beginning::ClaimedBy(worker.clone()));
                let view = store.create_one(new).await?.created().ok_or("it was not created")?;
                let fence = view.fence().ok_or("it does not run")?;
                let response = Payload::new("type.googleapis.com/test.Response", vec![7; 256]);
                if !store.finish_one(fence, Outcome::Response(response)).await?.is_applied() {
                    return Err("it was not applied".into());
                }
                times.push(started.elapsed());
            }
            Ok::<_, Any>(times)
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let elapsed = begin.elapsed().as_secs_f64();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded")]
    let rate = times.len() as f64 / elapsed;
    Ok((rate, times[times.len() * 99 / 100], times.len() as u64))
}

/// Fills a queue and empties it, with batches of 200.
async fn drain(url: &str) -> Result<(), Any> {
    const COUNT: usize = 200_000;
    let store = PostgresStore::connect(url).await?;
    let begin = Instant::now();
    for _ in 0..COUNT / 1_000 {
        store.create((0..1_000).map(|_| operation()).collect()).await?;
    }
    println!("queued {COUNT} in {:?}", begin.elapsed());
    let worker = WorkerId::random();
    store.keep_alive(&worker, Duration::from_secs(600)).await?;
    let begin = Instant::now();
    let left = Arc::new(AtomicU64::new(COUNT as u64));
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let (store, worker, left) = (store.clone(), worker.clone(), Arc::clone(&left));
        tasks.push(tokio::spawn(async move {
            while left.load(Ordering::Relaxed) > 0 {
                let claim = Claim::new(worker.clone(), 200).method("/test.Service/Work", 200);
                let records = store.claim(&claim).await?;
                left.fetch_sub(records.len() as u64, Ordering::Relaxed);
                let finish = |record: &lro_store::Record| {
                    let response = Payload::new("type.googleapis.com/test.Response", vec![7; 256]);
                    Some(Finish::new(record.view.fence()?, Outcome::Response(response)))
                };
                store.finish(records.iter().filter_map(finish).collect()).await?;
            }
            Ok::<_, Any>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded")]
    let rate = COUNT as f64 / begin.elapsed().as_secs_f64();
    println!("drained {COUNT} at {rate:.0} operations/s");
    Ok(())
}
