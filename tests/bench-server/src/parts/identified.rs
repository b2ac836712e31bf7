//! `GetOperation` by callers who say who they are and see only what is their own, in an engine whose spans and metrics
//! somebody listens to, against a bare answer of the same message.

use std::sync::Arc;
use std::time::Duration;

use tonic::transport::Channel;

use test_measure::Outcome;
use test_measure::figures::{Figures, Limit};
use test_measure::jobs::Jobs;
use test_measure::load;
use test_measure::pairs::{Pairs, pair};

use crate::{bare, callers, telemetry};

/// How many operations are asked about.
const OPERATIONS: usize = 1_000;

/// How much of the peer's rate it has to reach.
const LIMIT: f64 = 0.85;

const USER: &str = "users/alice";

pub(crate) async fn run(pairs: usize, figures: &mut Figures) -> Outcome {
    telemetry::install()?;
    let jobs = Jobs::connect(callers::engine()).await?;
    let (names, answer) = callers::operations(&jobs, USER, OPERATIONS).await?;
    let peer = bare::connect(answer, Duration::ZERO).await?;
    let names = Arc::new(names);
    let call = move |connection: Channel, number: usize| {
        let name = names[number % OPERATIONS].clone();
        async move { callers::get(connection, USER, name).await.map(drop) }
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
    figures.print("GetOperation with callers and telemetry", rates.ours(), "a second", Limit::None);
    figures.print("a bare answer of the same message", rates.peer(), "a second", Limit::None);
    figures.print("ratio", rates.ratio(), "", Limit::AtLeast(LIMIT));
    figures.print("ratio by processor time", cpu_rates.ratio(), "", Limit::None);
    Ok(())
}
