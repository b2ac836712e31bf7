//! What one process hears of another: ends, requests to stop, work that is to be taken over; and what an idle one costs.

use std::time::Duration;

use lro::Engine;
use lro::store::{OperationName, StateKind, StoreExt};
use lro_postgres::PostgresStore;
use test_measure::figures::{Figures, Limit, count, p99};
use test_measure::jobs::Jobs;
use test_measure::{Outcome, rpc};
use tokio::task::JoinSet;
use tonic::Code;

use crate::Plan;
use crate::fleet::Replica;
use crate::replica::{self, now, text};
use crate::server::{Server, connect};

/// How many operations are looked at one after another, so many at a time; without hints there are fewer, as each takes long.
const OPERATIONS: usize = 1_000;
const OPERATIONS_OF_DEAF: usize = 256;
const CALLERS: usize = 16;

/// How many operations one process loses to another, and how often.
const LOST: usize = 50;
const ROUNDS: usize = 3;

/// The lease and the poll interval, in milliseconds. Without hints, requests to stop come with signs of life, which are
/// given four times in a lease.
const LEASE: u64 = 2_000;
const POLL: u64 = 500;

/// In milliseconds: how soon others have to hear with hints, and how soon work has to go on after a drain.
const HEARS: f64 = 20.0;
const DRAINS: f64 = 200.0;

/// Statements a second of an idle process.
const IDLE: f64 = 2.0;

pub(crate) async fn run(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    println!("lease {LEASE} ms, poll interval {POLL} ms; one process serves, others work");
    for (database, deaf) in [("hints", false), ("deaf", true)] {
        let fleet = Fleet::start(server, database, deaf).await?;
        let (how, limit, operations) = if deaf {
            ("without hints", Limit::AtMost(count(usize::try_from(POLL)?)), OPERATIONS_OF_DEAF)
        } else {
            ("with hints", Limit::AtMost(HEARS), OPERATIONS)
        };
        let times = fleet.hear_of(text::SHORT, operations).await?;
        figures.print(&format!("p99 from the end of the work to a waiter, {how}"), p99(times), "ms", limit);
        let times = fleet.hear_of(text::UNTIL_CANCELLED, operations).await?;
        figures.print(&format!("p99 from a cancellation to the handler, {how}"), p99(times), "ms", limit);
        if !deaf {
            fleet.take_over(figures).await?;
        }
    }
    idle(server, plan, figures).await
}

/// An engine of this process that only serves, and one that works elsewhere.
struct Fleet {
    jobs: Jobs,
    store: PostgresStore,
    settings: replica::Args,
    worker: tokio::sync::Mutex<Option<Replica>>,
}

impl Fleet {
    async fn start(server: &Server, database: &str, deaf: bool) -> Outcome<Self> {
        let url = server.database(database)?;
        let store = PostgresStore::builder(&url).hints(!deaf).connect().await?;
        let engine = Engine::builder(store.clone())
            .serve_only()
            .lease(Duration::from_millis(LEASE))
            .poll_interval(Duration::from_millis(POLL));
        let jobs = Jobs::connect(engine).await?;
        let settings = replica::Args { url, deaf, lease: LEASE, poll: POLL };
        let worker = tokio::sync::Mutex::new(Some(Replica::start(&settings).await?));
        Ok(Self { jobs, store, settings, worker })
    }

    /// How long each operation of this text took from what it is about to where that is heard.
    async fn hear_of(&self, text: &'static str, operations: usize) -> Outcome<Vec<Duration>> {
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let connection = self.jobs.connections[caller % self.jobs.connections.len()].clone();
            let store = self.store.clone();
            callers.spawn(async move {
                let mut times = Vec::new();
                for _ in 0..operations / CALLERS {
                    let name = rpc::start(connection.clone(), text).await?.name;
                    let asked = if text == text::UNTIL_CANCELLED {
                        until_running(&store, &name).await?;
                        let asked = now();
                        rpc::cancel(connection.clone(), name.clone()).await?;
                        Some(asked)
                    } else {
                        None
                    };
                    let answer = rpc::wait(connection.clone(), name).await?;
                    let heard = now();
                    let time = match rpc::response(&answer) {
                        Ok(response) => response.text.parse::<u128>()?,
                        // It was claimed and its handler had not begun, so there was nobody to hear of it.
                        Err(status) if status.code() == Code::Cancelled => continue,
                        Err(status) => return Err(status.into()),
                    };
                    times.push(match asked {
                        Some(asked) => between(asked, time),
                        None => between(time, heard),
                    });
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(times)
            });
        }
        let mut times = Vec::new();
        while let Some(caller) = callers.join_next().await {
            times.extend(caller??);
        }
        Ok(times)
    }

    /// How long work stays where it was after its process was killed, and after it was drained.
    async fn take_over(&self, figures: &mut Figures) -> Outcome {
        let (mut killed, mut drained) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            killed.extend(self.lose(Replica::kill).await?);
            drained.extend(self.lose(Replica::drain).await?);
        }
        let slowest = |times: Vec<Duration>| times.into_iter().max().unwrap_or_default().as_secs_f64() * 1e3;
        let limit = Limit::AtMost(count(usize::try_from(LEASE)?) + 1_000.0);
        figures.print("slowest take-over after kill -9", slowest(killed), "ms", limit);
        figures.print("slowest take-over after a drain", slowest(drained), "ms", Limit::AtMost(DRAINS));
        Ok(())
    }

    /// Ends the process that works; how long each of its operations waited for another one.
    async fn lose(&self, end: impl AsyncFnOnce(Replica) -> Outcome) -> Outcome<Vec<Duration>> {
        let mut names = Vec::new();
        for _ in 0..LOST {
            let name = rpc::start(self.jobs.connections[0].clone(), text::NEXT_ATTEMPT).await?.name;
            until_running(&self.store, &name).await?;
            names.push(name);
        }
        let next = Replica::start(&self.settings).await?;
        // It takes nothing over before its own lease has been whole for one lease time.
        tokio::time::sleep(Duration::from_millis(LEASE * 2)).await;
        let Some(replica) = self.worker.lock().await.replace(next) else { return Ok(Vec::new()) };
        let ended = now();
        end(replica).await?;
        let mut times = Vec::new();
        for name in names {
            let answer = rpc::wait(self.jobs.connections[0].clone(), name).await?;
            times.push(between(ended, rpc::response(&answer)?.text.parse()?));
        }
        Ok(times)
    }
}

/// Statements of a process that has nothing to do, with the settings that engines come with.
async fn idle(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    const DATABASE: &str = "idle";
    let url = server.database(DATABASE)?;
    let settings = replica::Args { url, deaf: false, lease: 30_000, poll: 2_000 };
    let replica = Replica::start(&settings).await?;
    // What it does once, when it starts.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let time = Duration::from_secs(plan.seconds.unwrap_or(60));
    let before = statements(server, DATABASE).await?;
    tokio::time::sleep(time).await;
    let made = statements(server, DATABASE).await? - before;
    let rate = count(usize::try_from(made)?) / time.as_secs_f64();
    let what = if server.counts { "statements" } else { "transactions" };
    figures.print(&format!("{what} of an idle process"), rate, "a second", Limit::AtMost(IDLE));
    replica.drain().await
}

/// How many statements have been run in a database, or how many transactions where nobody counts statements.
async fn statements(server: &Server, database: &str) -> Outcome<i64> {
    let client = connect(&server.url("postgres")).await?;
    let sql = if server.counts {
        client.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await?;
        "SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
         WHERE d.datname = $1"
    } else {
        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = $1"
    };
    Ok(client.query_one(sql, &[&database]).await?.try_get(0)?)
}

async fn until_running(store: &PostgresStore, name: &str) -> Outcome {
    let name = OperationName::parse(name)?;
    while store.get_one(&name).await?.is_none_or(|view| view.kind() == StateKind::Queued) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// Clocks may step back.
fn between(earlier: u128, later: u128) -> Duration {
    Duration::from_nanos(u64::try_from(later.saturating_sub(earlier)).unwrap_or(u64::MAX))
}
