//! Our program beside those of the peers: it fills a queue, or empties it.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lro::store::{NewOperation, OperationName, Parent, Payload, Store};
use lro::{Context, Engine, codegen};
use lro_postgres::PostgresStore;
use test_measure::Outcome;
use test_measure::jobs::START;
use test_measure::rpc::{Done, Job, START_PATH};
use tonic::Status;

use crate::server::connect;

/// How many operations one call creates, and how many calls there are at a time.
const BATCH: usize = 1_000;
const CALLS: usize = 3;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    action: Action,
    url: String,
    count: usize,
    #[arg(required_if_eq("action", "run"))]
    concurrency: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Action {
    Load,
    Run,
}

pub(crate) async fn run(args: &Args) -> Outcome {
    let store = PostgresStore::connect(&args.url).await?;
    match args.concurrency {
        Some(concurrency) if args.action == Action::Run => {
            println!("{}", empty(store, &args.url, args.count, concurrency).await?.as_secs_f64());
            Ok(())
        }
        _ => create(&store, args.count, |new| new).await.map(drop),
    }
}

/// Creates operations; the names of some of them.
pub(crate) async fn create(
    store: &PostgresStore,
    count: usize,
    finish: impl Fn(NewOperation) -> NewOperation,
) -> Outcome<Vec<OperationName>> {
    const SAMPLE: usize = 97;
    let (method, parent): (Arc<str>, _) = (START_PATH.into(), Parent::default());
    let mut names = Vec::new();
    let mut calls = tokio::task::JoinSet::new();
    for from in (0..count).step_by(BATCH) {
        if calls.len() >= CALLS
            && let Some(ended) = calls.join_next().await
        {
            ended??;
        }
        let new = |_| {
            let request = Payload::new("type.googleapis.com/bench.Job", "");
            finish(NewOperation::new(OperationName::random(&parent), Arc::clone(&method), request))
        };
        let batch: Vec<NewOperation> = (from..count.min(from + BATCH)).map(new).collect();
        names.extend(batch.iter().step_by(SAMPLE).map(|new| new.name().clone()));
        let store = store.clone();
        calls.spawn(async move { store.create(batch).await });
    }
    while let Some(ended) = calls.join_next().await {
        ended??;
    }
    Ok(names)
}

#[derive(Debug, Default)]
struct Counter(AtomicUsize);

impl Counter {
    fn run(&self, _: Job, _: Context<()>) -> Ready<Result<Done, Status>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        ready(Ok(Done::default()))
    }
}

/// How long an engine takes until all results are kept.
async fn empty(store: PostgresStore, url: &str, count: usize, concurrency: usize) -> Outcome<Duration> {
    let client = connect(url).await?;
    let (counter, began) = (Arc::new(Counter::default()), Instant::now());
    let engine = Engine::builder(store).concurrency(concurrency).build();
    let serving = codegen::Serving::new(Arc::clone(&counter), &engine);
    codegen::register_method(&serving, START, START.descriptors(), Counter::run);
    while counter.0.load(Ordering::Relaxed) < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Stops at the first one that is left, so that asking costs next to nothing.
    let is_left = "SELECT EXISTS (SELECT FROM lro.unfinished)";
    while client.query_one(is_left, &[]).await?.try_get(0)? {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = began.elapsed();
    engine.drain().await;
    Ok(took)
}
