//! Start to done on PostgreSQL, against the same two writes in arrays, and over gRPC against the memory store.

use std::time::Duration;

use lro::Engine;
use lro::store::MemoryStore;
use lro_postgres::PostgresStore;
use test_measure::figures::{Figures, Limit, count, p99};
use test_measure::jobs::Jobs;
use test_measure::load::{self, CALLERS};
use test_measure::pairs::{Pairs, pair_of};
use test_measure::{Outcome, rpc};
use tonic::transport::Channel;

use super::print_cpu;
use super::sqlite::engine;
use crate::Plan;
use crate::raw::PAYLOAD;
use crate::raw::postgres::{Raw, make_table};
use crate::server::Server;
use crate::usage::Usage;

/// How long a slice of a run takes, and a run of something that is compared with nothing.
const SLICE: Duration = Duration::from_millis(300);
const TIME: Duration = Duration::from_secs(3);

/// How many connections only insert.
const INSERTERS: usize = 8;
const ROWS: usize = 200;

/// How much of the two writes the engine has to reach.
const LIMIT: f64 = 0.6;
/// How much of the memory store's rate it has to reach over gRPC.
const RPC_LIMIT: f64 = 0.6;

pub(crate) async fn run(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    inserts(server, figures).await?;
    without_network(server, plan, figures).await?;
    over_grpc(server, plan, figures).await
}

async fn inserts(server: &Server, figures: &mut Figures) -> Outcome {
    for (name, rows, what) in
        [("arrays", ROWS, "inserts in arrays of 200"), ("ones", 1, "inserts one by one")]
    {
        let url = server.database(name)?;
        make_table(&url).await?;
        let (raw, mut usage) = (Raw::connect(&url, INSERTERS).await?, Usage::of(&url).await?);
        let run = usage.measure(server, rows, raw.inserts(rows, TIME)).await?;
        figures.print(
            &format!("{what}, {INSERTERS} connections"),
            run.rate() * count(rows),
            "rows/s",
            Limit::None,
        );
        drop(raw);
        usage.print(what, figures).await?;
    }
    Ok(())
}

async fn without_network(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    let url = server.database("raw")?;
    make_table(&url).await?;
    // 64 callers have as many operations under way and no more, so the plain writes have one array under way.
    let (raw, mut raw_usage) = (Raw::connect(&url, 1).await?, Usage::of(&url).await?);
    let (jobs, mut usage) = ours(server, "start_to_done", plan).await?;
    let (mut rates, mut cpu_rates, mut latencies) = (Pairs::default(), Pairs::default(), Vec::new());
    for _ in 0..=plan.pairs {
        let (ours, peer) = pair_of(
            SLICE,
            async |time| usage.measure(server, 1, engine(&jobs.engine, time)).await,
            async |time| raw_usage.measure(server, CALLERS, raw.two_writes(CALLERS, time)).await,
        )
        .await?;
        rates.push(ours.rate(), peer.rate() * count(CALLERS));
        cpu_rates.push(ours.rate_of_cpu(), peer.rate_of_cpu() * count(CALLERS));
        latencies.extend(ours.latencies);
    }
    let what = format!("an insert and a fenced update, one array of {CALLERS} at a time");
    figures.print("start to done, 64 callers", rates.ours(), "operations/s", Limit::None);
    figures.print("p99 from start to done", p99(latencies), "ms", Limit::None);
    figures.print(&what, rates.peer(), "pairs/s", Limit::None);
    figures.print("ratio", rates.ratio(), "", Limit::AtLeast(LIMIT));
    print_cpu(&cpu_rates, figures);
    jobs.engine.drain().await;
    drop((jobs, raw));
    usage.print("start to done", figures).await?;
    raw_usage.print("the two writes", figures).await
}

async fn over_grpc(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    let url = server.database("over_grpc")?;
    let mut usage = Usage::of(&url).await?;
    let jobs = Jobs::connect(Engine::builder(PostgresStore::connect(url).await?)).await?;
    let memory = Jobs::connect(Engine::builder(MemoryStore::new())).await?;
    let call = |connection: Channel, _| async move {
        let started = rpc::start(connection.clone(), &"x".repeat(PAYLOAD)).await?;
        rpc::wait(connection, started.name).await.map(drop)
    };
    let (mut rates, mut cpu_rates) = (Pairs::default(), Pairs::default());
    for _ in 0..=plan.pairs {
        let (ours, memory) = pair_of(
            SLICE,
            async |time| usage.measure(server, 1, load::run(&jobs.connections, time, call)).await,
            async |time| load::run(&memory.connections, time, call).await,
        )
        .await?;
        rates.push(ours.rate(), memory.rate());
        cpu_rates.push(ours.rate_of_cpu(), memory.rate_of_cpu());
    }
    figures.print("start, then WaitOperation, over gRPC", rates.ours(), "operations/s", Limit::None);
    figures.print("the same with the memory store", rates.peer(), "operations/s", Limit::None);
    figures.print("ratio", rates.ratio(), "", Limit::AtLeast(RPC_LIMIT));
    print_cpu(&cpu_rates, figures);
    jobs.engine.drain().await;
    drop(jobs);
    usage.print("over gRPC", figures).await
}

/// An engine without a network on a database of its own.
async fn ours(server: &Server, name: &str, plan: &Plan) -> Outcome<(Jobs, Usage)> {
    let url = server.database(name)?;
    let usage = Usage::of(&url).await?;
    let store = PostgresStore::builder(url).connections(plan.connections.into(), 2).connect().await?;
    Ok((Jobs::new(Engine::builder(store)), usage))
}
