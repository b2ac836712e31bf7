//! Many who wait: how soon each hears of the end, and what they are to those who do not wait.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lro::Engine;
use lro::store::MemoryStore;
use tokio::task::JoinHandle;
use tonic::Status;

use test_measure::figures::{Figures, Limit, p99};
use test_measure::jobs::{HELD, Jobs};
use test_measure::load;
use test_measure::pairs::Pairs;
use test_measure::{Outcome, rpc};

const WAITERS: usize = 10_000;

/// How many of the operations end one by one.
const ENDS: usize = 1_000;

/// How long a load lasts: longer than the interval at which the engine looks after all who wait.
const LOAD: Duration = Duration::from_secs(5);

/// How many milliseconds may pass from the end of the work to the answer, for 99 of 100 who wait.
const ANSWER_LIMIT: f64 = 5.0;

/// How much slower the slowest of 100 calls may be beside those who wait.
const GET_LIMIT: f64 = 2.0;

pub(crate) async fn run(pairs: usize, figures: &mut Figures) -> Outcome {
    let settings =
        Engine::builder(MemoryStore::new()).concurrency(2 * WAITERS).max_wait(Duration::from_secs(3_600));
    let jobs = Jobs::connect(settings).await?;
    let (mut gets, mut answers) = (Pairs::default(), Vec::new());
    for _ in 0..=pairs {
        let without = slowest_get(&jobs).await?;
        let mut waiting = wait_for_many(&jobs).await?;
        let with = slowest_get(&jobs).await?;
        gets.push(with, without);
        for (name, answer) in waiting.drain(..ENDS) {
            let ended = Instant::now();
            jobs.let_go(&name);
            answers.push(answer.await??.duration_since(ended));
        }
        for (name, _) in &waiting {
            jobs.let_go(name);
        }
        for (_, answer) in waiting {
            answer.await??;
        }
    }
    figures.print(
        "p99 from the end of the work to the answer",
        p99(answers),
        "ms",
        Limit::AtMost(ANSWER_LIMIT),
    );
    figures.print("p99 of GetOperation beside 10,000 who wait", gets.ours(), "ms", Limit::None);
    figures.print("p99 of GetOperation without them", gets.peer(), "ms", Limit::None);
    figures.print("ratio", gets.ratio(), "", Limit::AtMost(GET_LIMIT));
    Ok(())
}

/// The p99 of `GetOperation` under the load of all callers.
async fn slowest_get(jobs: &Jobs) -> Outcome<f64> {
    let started = rpc::start(jobs.connections[0].clone(), "a job").await?;
    let name: Arc<str> = started.name.into();
    let get = move |connection, _| {
        let name = name.to_string();
        async move { rpc::get(connection, name).await.map(drop) }
    };
    Ok(p99(load::run(&jobs.connections, LOAD, get).await?.latencies))
}

/// Operations whose work has begun, and the moment at which the answer to one who waits for each came.
type Waiting = Vec<(String, JoinHandle<Result<Instant, Status>>)>;

async fn wait_for_many(jobs: &Jobs) -> Outcome<Waiting> {
    let mut waiting = Vec::new();
    for number in 0..WAITERS {
        let connection = jobs.connections[number % jobs.connections.len()].clone();
        let name = rpc::start(connection.clone(), HELD).await?.name;
        let answer = rpc::wait(connection, name.clone());
        waiting.push((name, tokio::spawn(async move { answer.await.map(|_| Instant::now()) })));
    }
    // All are there and wait.
    while jobs.engine.stats().waiting < WAITERS {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(waiting)
}
