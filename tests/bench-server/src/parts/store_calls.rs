//! A store that takes its time: how often operations call it, and how many start a second.

use std::time::Duration;

use lro::Engine;
use lro::store::MemoryStore;
use lro_store_conformance::{Fault, FaultyStore, StoreMethod};

use test_measure::figures::{Figures, Limit, count};
use test_measure::jobs::Jobs;
use test_measure::load;
use test_measure::pairs::{Pairs, pair};
use test_measure::{Outcome, rpc};

use crate::bare;

/// How long the store takes for an answer. Tokio's timer rounds it up to the next millisecond, for the peer too.
pub(crate) const STORE_TIME: Duration = Duration::from_millis(2);

/// How much of the rate of a server it has to reach that sleeps for that time and answers.
const LIMIT: f64 = 0.5;

pub(crate) async fn run(pairs: usize, figures: &mut Figures) -> Outcome {
    let store = slow_store();
    let jobs = Jobs::connect(Engine::builder(store.clone()).concurrency(10_000)).await?;
    let started = rpc::start(jobs.connections[0].clone(), "a job").await?;
    rpc::wait(jobs.connections[0].clone(), started.name.clone()).await?;
    let peer = bare::connect(started, STORE_TIME).await?;
    let call = |connection, _| async move { rpc::start(connection, "a job").await.map(drop) };
    let (mut rates, mut starts, before) = (Pairs::default(), 0, Calls::of(&store));
    for _ in 0..=pairs {
        let (ours, peer) = pair(
            async |time| load::run(&jobs.connections, time, call).await,
            async |time| load::run(&peer, time, call).await,
        )
        .await?;
        starts += ours.calls();
        rates.push(ours.rate(), peer.rate());
    }
    // Every start is counted with its finish.
    while jobs.engine.stats().running > 0 {
        tokio::time::sleep(STORE_TIME).await;
    }
    let (after, starts) = (Calls::of(&store), count(starts));
    figures.print("starts, over a store that takes 2 ms", rates.ours(), "a second", Limit::None);
    figures.print("bare answers after 2 ms", rates.peer(), "a second", Limit::None);
    figures.print("ratio", rates.ratio(), "", Limit::AtLeast(LIMIT));
    figures.print(
        "creates for each start",
        count(after.creates - before.creates) / starts,
        "",
        Limit::AtMost(1.0),
    );
    figures.print(
        "finishes for each start",
        count(after.finishes - before.finishes) / starts,
        "",
        Limit::AtMost(1.0),
    );
    figures.print(
        "other calls for each start",
        count(after.others - before.others) / starts,
        "",
        Limit::AtMost(0.01),
    );
    Ok(())
}

/// A memory store that takes its time for each answer.
pub(crate) fn slow_store() -> FaultyStore<MemoryStore> {
    let store = FaultyStore::new(MemoryStore::new());
    store.inject(StoreMethod::ALL, Fault::none().delay_answer(STORE_TIME));
    store
}

/// How often a store was called.
struct Calls {
    creates: usize,
    finishes: usize,
    others: usize,
}

impl Calls {
    fn of(store: &FaultyStore<MemoryStore>) -> Self {
        let all: usize = StoreMethod::ALL.iter().map(|method| store.calls(*method)).sum();
        let (creates, finishes) = (store.calls(StoreMethod::Create), store.calls(StoreMethod::Finish));
        Self { creates, finishes, others: all - creates - finishes }
    }
}
