//! A million operations in memory: what each takes, and whether it makes anything slower.

use std::sync::Arc;
use std::time::Duration;

use lro::Engine;
use lro::store::{
    Beginning, Finish, MemoryStore, NewOperation, OperationName, Outcome as Ended, Parent, Payload, Store,
    StoreExt, WorkerId,
};
use tonic::transport::Channel;

use test_measure::figures::{Figures, Limit, count};
use test_measure::jobs::Jobs;
use test_measure::load::{self, Run};
use test_measure::pairs::{Pairs, pair};
use test_measure::process::resident_bytes;
use test_measure::{Outcome, rpc};

const MANY: usize = 1_000_000;
const FEW: usize = 1_000;

/// How many bytes an operation may take beside its payloads.
const BYTES_LIMIT: f64 = 1_024.0;

/// How much of its rate among few operations a call has to reach among many: within what a run varies.
const RATE_LIMIT: f64 = 0.8;

const PAGE_SIZE: i32 = 50;

pub(crate) async fn run(pairs: usize, figures: &mut Figures) -> Outcome {
    let few = Operations::create(FEW).await?;
    let before = resident_bytes()?;
    let many = Operations::create(MANY).await?;
    let bytes = count(resident_bytes()?.saturating_sub(before)) / count(MANY);
    let payload = count(request().size() + response().size());
    figures.print("payloads of an operation", payload, "bytes", Limit::None);
    figures.print("an operation beside them", bytes - payload, "bytes", Limit::AtMost(BYTES_LIMIT));

    let (mut gets, mut pages) = (Pairs::default(), Pairs::default());
    for _ in 0..=pairs {
        let (ours, peer) =
            pair(async |time| many.gets(time).await, async |time| few.gets(time).await).await?;
        gets.push(ours.rate(), peer.rate());
        let (ours, peer) =
            pair(async |time| many.pages(time).await, async |time| few.pages(time).await).await?;
        pages.push(ours.rate(), peer.rate());
    }
    for (what, rates) in [("GetOperation", gets), ("a page of 50", pages)] {
        figures.print(&format!("{what}, among 1,000,000"), rates.ours(), "a second", Limit::None);
        figures.print(&format!("{what}, among 1,000"), rates.peer(), "a second", Limit::None);
        figures.print("ratio", rates.ratio(), "", Limit::AtLeast(RATE_LIMIT));
    }
    Ok(())
}

/// A server whose store is full of operations that are done.
struct Operations {
    jobs: Jobs,
    names: Arc<Vec<OperationName>>,
}

impl Operations {
    async fn create(how_many: usize) -> Outcome<Self> {
        let store = MemoryStore::builder().capacity(8 << 30).build();
        let worker = WorkerId::new("a worker");
        store.keep_alive(&worker, Duration::from_secs(3_600)).await?;
        let (method, parent): (Arc<str>, _) = (rpc::START_PATH.into(), Parent::default());
        let mut names = Vec::with_capacity(how_many);
        for _ in 0..how_many {
            let operation = NewOperation::new(OperationName::random(&parent), Arc::clone(&method), request())
                .with_beginning(Beginning::ClaimedBy(worker.clone()));
            names.push(operation.name().clone());
            store.create_one(operation).await?;
            let view = store.get_one(&names[names.len() - 1]).await?.ok_or("an operation is gone")?;
            let fence = view.fence().ok_or("an operation does not run")?;
            store.finish(vec![Finish::new(fence, Ended::Response(response()))]).await?;
        }
        Ok(Self { jobs: Jobs::connect(Engine::builder(store)).await?, names: Arc::new(names) })
    }

    /// `GetOperation`, of one and another.
    async fn gets(&self, time: Duration) -> Outcome<Run> {
        let names = Arc::clone(&self.names);
        let get = move |connection: Channel, number: usize| {
            // A prime, so that the names come in no order that a cache could follow.
            let name = names[number * 7_919 % names.len()].to_string();
            async move { rpc::get(connection, name).await.map(drop) }
        };
        load::run(&self.jobs.connections, time, get).await
    }

    /// `ListOperations`, the first page.
    async fn pages(&self, time: Duration) -> Outcome<Run> {
        let list = |connection, _| async move { rpc::list(connection, PAGE_SIZE).await.map(drop) };
        load::run(&self.jobs.connections, time, list).await
    }
}

fn request() -> Payload {
    Payload::new("type.googleapis.com/bench.Job", b"a job".to_vec())
}

fn response() -> Payload {
    Payload::new("type.googleapis.com/bench.Done", b"it is done".to_vec())
}
