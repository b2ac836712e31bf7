//! `GetOperation` against a bare answer of the same message.

use std::sync::Arc;
use std::time::Duration;

use lro::Engine;
use lro::store::MemoryStore;
use tonic::transport::Channel;

use test_measure::figures::{Figures, Limit};
use test_measure::jobs::Jobs;
use test_measure::load;
use test_measure::pairs::{Pairs, pair};
use test_measure::{Outcome, rpc};

use crate::bare;

/// How many operations are asked about.
const OPERATIONS: usize = 1_000;

/// How much of the peer's rate it has to reach.
const LIMIT: f64 = 0.95;

pub(crate) async fn run(pairs: usize, figures: &mut Figures) -> Outcome {
    let jobs = Jobs::connect(Engine::builder(MemoryStore::new())).await?;
    let (mut names, mut answer) = (Vec::new(), None);
    for _ in 0..OPERATIONS {
        let started = rpc::start(jobs.connections[0].clone(), "a job").await?;
        answer = Some(rpc::wait(jobs.connections[0].clone(), started.name.clone()).await?);
        names.push(started.name);
    }
    let peer = bare::connect(answer.ok_or("there is an answer")?, Duration::ZERO).await?;
    let names = Arc::new(names);
    let call = move |connection: Channel, number: usize| {
        let name: String = names[number % OPERATIONS].clone();
        async move { rpc::get(connection, name).await.map(drop) }
    };
    let (mut rates, mut cpu_rates) = (Pairs::default(), Pairs::default());
    for _ in 0..=pairs {
        let (ours, peer) = pair(
            async |time| load::run(&jobs.connections, time, call.clone()).await,
            async |time| load::run(&peer, time, call.clone()).await,
        )
        .await?;
        rates.push(ours.rate(), peer.rate());
        cpu_rates.push(ours.rate_of_cpu(), peer.rate_of_cpu());
    }
    figures.print("GetOperation", rates.ours(), "a second", Limit::None);
    figures.print("a bare answer of the same message", rates.peer(), "a second", Limit::None);
    figures.print("ratio", rates.ratio(), "", Limit::AtLeast(LIMIT));
    figures.print("ratio by processor time", cpu_rates.ratio(), "", Limit::None);
    Ok(())
}
