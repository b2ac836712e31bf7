//! Many operations in the tables, traffic among them, and a snapshot that keeps vacuum from what is dead.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lro::Engine;
use lro::store::{Beginning, OperationName, Outcome as Ended, Payload};
use lro_postgres::PostgresStore;
use test_measure::figures::{Figures, Limit, count, p99};
use test_measure::jobs::{Jobs, start_to_done};
use test_measure::{Outcome, rpc};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tonic::transport::Channel;

use crate::Plan;
use crate::raw::PAYLOAD;
use crate::server::{Server, connect};
use crate::{drain, parts::sizes::Sizes};

const OPERATIONS: usize = 1_000_000;

/// How many operations begin a second, in so many ticks.
const RATE: usize = 2_000;
const TICKS: usize = 100;

/// How many callers read, and how long each pauses between two reads of each kind.
const READERS: usize = 4;
const PAUSE: Duration = Duration::from_millis(20);
const PAGE: i32 = 50;

/// In how many pieces the time is told of, the middle third of them with a pinned snapshot.
const PERIODS: u32 = 12;

/// In milliseconds.
const SLOWEST: f64 = 5.0;

/// How much of the rate has to be reached, and by how much an operation may take more room at the end than in the beginning;
/// likewise the table of what is not done after the snapshot is gone.
const REACHED: f64 = 0.98;
const GROWTH: f64 = 1.25;

pub(crate) async fn run(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    const DATABASE: &str = "million";
    let operations = plan.operations.unwrap_or(OPERATIONS);
    let time = Duration::from_secs(plan.seconds.unwrap_or(600));
    let url = server.database(DATABASE)?;
    let store = PostgresStore::connect(&url).await?;
    let began = Instant::now();
    let response = Payload::new("type.googleapis.com/bench.Done", vec![b'x'; PAYLOAD]);
    let done = |new: lro::store::NewOperation| {
        new.with_beginning(Beginning::Done(Ended::Response(response.clone())))
    };
    let names = drain::create(&store, operations, done).await?;
    figures.print("loading", count(operations) / began.elapsed().as_secs_f64(), "operations/s", Limit::None);
    server.execute(DATABASE, "VACUUM ANALYZE")?;
    server.execute(DATABASE, "CHECKPOINT")?;

    let jobs = Jobs::connect(Engine::builder(store)).await?;
    let traffic = Traffic::start(&jobs, names);
    let client = connect(&url).await?;
    let mut pin = None;
    let (mut reads, mut sizes) = ([Reads::default(), Reads::default()], vec![Sizes::read(&client).await?]);
    println!("{}", Sizes::HEAD);
    for period in 0..PERIODS {
        let is_pinned = period / (PERIODS / 3) == 1;
        if is_pinned && pin.is_none() {
            let client = connect(&url).await?;
            client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM lro.worker").await?;
            pin = Some(client);
        } else if !is_pinned {
            // The server rolls back what was open.
            drop(pin.take());
        }
        let (before, done) = (Instant::now(), traffic.done.load(Ordering::Relaxed));
        sleep(time / PERIODS).await;
        let rate = count(traffic.done.load(Ordering::Relaxed) - done) / before.elapsed().as_secs_f64();
        let read = traffic.take_reads();
        let now = Sizes::read(&client).await?;
        now.print(traffic.began.elapsed(), is_pinned, rate, p99(read.gets.clone()), p99(read.pages.clone()));
        sizes.push(now);
        reads[usize::from(is_pinned)].add(read);
    }
    let (done, took) = (traffic.done.load(Ordering::Relaxed), traffic.began.elapsed());
    traffic.stop();
    let failed = traffic.failed.load(Ordering::Relaxed);

    figures.print(
        "traffic",
        count(done) / took.as_secs_f64(),
        "operations/s",
        Limit::AtLeast(count(RATE) * REACHED),
    );
    figures.print("traffic that failed", count(failed), "operations", Limit::AtMost(0.0));
    for (reads, when) in reads.into_iter().zip(["", ", under the pinned snapshot"]) {
        figures.print(&format!("p99 of GetOperation{when}"), p99(reads.gets), "ms", Limit::AtMost(SLOWEST));
        figures.print(
            &format!("p99 of a page of {PAGE}{when}"),
            p99(reads.pages),
            "ms",
            Limit::AtMost(SLOWEST),
        );
    }
    let [first, second, .., last_but_one, last] = &sizes[..] else { return Err("there are periods".into()) };
    let pinned = &sizes[usize::try_from(PERIODS / 3 * 2)?];
    let room = last.kept_since(last_but_one) / second.kept_since(first);
    figures.print("room of an operation, last against first", room, "", Limit::AtMost(GROWTH));
    let growth = last.unfinished() / pinned.unfinished();
    figures.print("table of what is not done, after the snapshot", growth, "", Limit::AtMost(GROWTH));
    jobs.engine.drain().await;
    Ok(())
}

/// How long calls took.
#[derive(Debug, Default)]
struct Reads {
    gets: Vec<Duration>,
    pages: Vec<Duration>,
}

impl Reads {
    fn add(&mut self, others: Self) {
        self.gets.extend(others.gets);
        self.pages.extend(others.pages);
    }
}

/// Operations that begin at a steady rate, and callers that read beside them.
struct Traffic {
    began: Instant,
    done: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
    reads: Arc<Mutex<Reads>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Traffic {
    fn start(jobs: &Jobs, names: Vec<OperationName>) -> Self {
        let (done, failed, reads) = (Arc::default(), Arc::default(), Arc::default());
        let mut tasks =
            vec![tokio::spawn(begin(jobs.engine.clone(), Arc::clone(&done), Arc::clone(&failed)))];
        let names = Arc::new(names);
        for reader in 0..READERS {
            let connection = jobs.connections[reader % jobs.connections.len()].clone();
            tasks.push(tokio::spawn(read(
                connection,
                Arc::clone(&names),
                Arc::clone(&reads),
                Arc::clone(&failed),
            )));
        }
        Self { began: Instant::now(), done, failed, reads, tasks }
    }

    fn take_reads(&self) -> Reads {
        std::mem::take(&mut *self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Begins operations, however long others take.
async fn begin(engine: Engine, done: Arc<AtomicUsize>, failed: Arc<AtomicUsize>) {
    let mut ticks = interval(Duration::from_secs(1) / u32::try_from(TICKS).unwrap_or(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        ticks.tick().await;
        for _ in 0..RATE / TICKS {
            let (engine, done, failed) = (engine.clone(), Arc::clone(&done), Arc::clone(&failed));
            tokio::spawn(async move {
                let counter = match start_to_done(&engine, "x".repeat(PAYLOAD)).await {
                    Ok(()) => done,
                    Err(_) => failed,
                };
                counter.fetch_add(1, Ordering::Relaxed);
            });
        }
    }
}

/// Reads one operation, and the newest page, again and again.
async fn read(
    connection: Channel,
    names: Arc<Vec<OperationName>>,
    reads: Arc<Mutex<Reads>>,
    failed: Arc<AtomicUsize>,
) {
    loop {
        let name = names[rand::random_range(0..names.len())].to_string();
        let began = Instant::now();
        let get = rpc::get(connection.clone(), name).await.map(|_| began.elapsed());
        sleep(PAUSE).await;
        let began = Instant::now();
        let page = rpc::list(connection.clone(), PAGE).await.map(|_| began.elapsed());
        if let (Ok(get), Ok(page)) = (get, page) {
            let mut reads = reads.lock().unwrap_or_else(PoisonError::into_inner);
            reads.gets.push(get);
            reads.pages.push(page);
        } else {
            failed.fetch_add(1, Ordering::Relaxed);
        }
        sleep(PAUSE).await;
    }
}
