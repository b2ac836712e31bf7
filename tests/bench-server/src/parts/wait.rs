//! Starting an operation and waiting for it, against two bare answers.

use std::time::Duration;

use lro::Engine;
use lro::store::MemoryStore;

use test_measure::figures::{Figures, Limit};
use test_measure::jobs::Jobs;
use test_measure::load;
use test_measure::pairs::{Pairs, pair};
use test_measure::{Outcome, rpc};

use crate::bare;

/// How much of the peer's rate it has to reach.
const LIMIT: f64 = 0.8;

pub(crate) async fn run(pairs: usize, figures: &mut Figures) -> Outcome {
    let jobs = Jobs::connect(Engine::builder(MemoryStore::new())).await?;
    let started = rpc::start(jobs.connections[0].clone(), "a job").await?;
    let answer = rpc::wait(jobs.connections[0].clone(), started.name).await?;
    let peer = bare::connect(answer, Duration::ZERO).await?;
    let call = |connection: tonic::transport::Channel, _| async move {
        let operation = rpc::start(connection.clone(), "a job").await?;
        rpc::wait(connection, operation.name).await.map(drop)
    };
    let (mut rates, mut cpu_rates) = (Pairs::default(), Pairs::default());
    for _ in 0..=pairs {
        let (ours, peer) = pair(
            async |time| load::run(&jobs.connections, time, call).await,
            async |time| load::run(&peer, time, call).await,
        )
        .await?;
        rates.push(ours.rate(), peer.rate());
        cpu_rates.push(ours.rate_of_cpu(), peer.rate_of_cpu());
    }
    figures.print("start, then WaitOperation", rates.ours(), "a second", Limit::None);
    figures.print("two bare answers", rates.peer(), "a second", Limit::None);
    figures.print("ratio", rates.ratio(), "", Limit::AtLeast(LIMIT));
    figures.print("ratio by processor time", cpu_rates.ratio(), "", Limit::None);
    Ok(())
}
