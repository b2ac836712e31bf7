//! Signs of life, beside few and many running operations.

use std::time::Duration;

use lro::Engine;
use lro_store_conformance::StoreMethod;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use super::store_calls::slow_store;
use test_measure::figures::{Figures, Limit, count};
use test_measure::jobs::{HELD, Jobs};
use test_measure::load::CALLERS;
use test_measure::{Outcome, rpc};

const FEW: usize = 10;
const MANY: usize = 10_000;

/// Much shorter than in life, so that a few seconds have many of them.
const INTERVAL: Duration = Duration::from_millis(20);

/// How long they are counted for.
const TIME: Duration = Duration::from_secs(5);

/// How many more there may be beside many operations than beside few. Intervals are random.
const LIMIT: f64 = 1.2;

pub(crate) async fn run(figures: &mut Figures) -> Outcome {
    let few = rate(FEW).await?;
    let many = rate(MANY).await?;
    figures.print("signs of life beside 10,000 running operations", many, "a second", Limit::None);
    figures.print("signs of life beside 10", few, "a second", Limit::None);
    figures.print("ratio", many / few, "", Limit::AtMost(LIMIT));
    Ok(())
}

async fn rate(running: usize) -> Outcome<f64> {
    let store = slow_store();
    let settings = Engine::builder(store.clone()).concurrency(MANY).keep_alive_interval(INTERVAL);
    let jobs = Jobs::connect(settings).await?;
    let connections: Vec<_> = jobs.connections.iter().cycle().take(running).collect();
    for batch in connections.chunks(CALLERS) {
        let mut starts: JoinSet<_> =
            batch.iter().map(|connection| rpc::start(Channel::clone(connection), HELD)).collect();
        while let Some(started) = starts.join_next().await {
            started??;
        }
    }
    let before = store.calls(StoreMethod::KeepAlive);
    tokio::time::sleep(TIME).await;
    let beats = store.calls(StoreMethod::KeepAlive) - before;
    if jobs.engine.stats().running != running {
        return Err("not all of the operations run".into());
    }
    Ok(count(beats) / TIME.as_secs_f64())
}
