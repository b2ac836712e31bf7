//! Start to done on PostgreSQL, against the same two writes in arrays, and over gRPC against the memory store.

use std::sync::Arc;
use std::time::Duration;

use lro::Engine;
use lro::store::{
    Beginning, Finish, MemoryStore, NewOperation, OperationName, Outcome as Ended, Parent, Payload,
    Store as _, WorkerId,
};
use lro_postgres::PostgresStore;
use test_measure::figures::{Figures, Limit, count, p99};
use test_measure::jobs::Jobs;
use test_measure::load::{self, CALLERS};
use test_measure::pairs::{Pairs, pair_of};
use test_measure::rpc::START_PATH;
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
    calls(server, figures).await?;
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

/// The two calls that an operation costs the store, without an engine, in arrays of as many operations as there are callers
/// elsewhere. From here to the plain writes is what the tables cost, and to the engine what smaller arrays do.
async fn calls(server: &Server, figures: &mut Figures) -> Outcome {
    let url = server.database("calls")?;
    let mut usage = Usage::of(&url).await?;
    let store = PostgresStore::connect(&url).await?;
    let worker = WorkerId::new("w");
    store.keep_alive(&worker, Duration::from_secs(600)).await?;
    let method: Arc<str> = START_PATH.into();
    let call = move |store: PostgresStore, _| {
        let (worker, method) = (worker.clone(), Arc::clone(&method));
        async move {
            let payload = || Payload::new("type.googleapis.com/bench.Job", vec![b'x'; PAYLOAD]);
            let new = (0..CALLERS).map(|_| {
                NewOperation::new(OperationName::random(&Parent::default()), Arc::clone(&method), payload())
                    .with_beginning(Beginning::ClaimedBy(worker.clone()))
            });
            let created = store.create(new.collect()).await?;
            let finish = created.into_iter().filter_map(|creation| {
                let fence = creation.created()?.fence()?;
                Some(Finish::new(fence, Ended::Response(payload())))
            });
            store.finish(finish.collect()).await.map(drop)
        }
    };
    let stores = [store];
    for arrays in [1, 3] {
        let run = load::run_by(arrays, &stores, TIME, call.clone());
        let run = usage.measure(server, CALLERS, run).await?;
        let what = format!("create and finish, arrays of {CALLERS}, {arrays} at a time");
        figures.print(&what, run.rate() * count(CALLERS), "operations/s", Limit::None);
        let micros = 1e6 / (run.rate_of_cpu() * count(CALLERS));
        figures.print("processor time", micros, "us an operation", Limit::None);
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
