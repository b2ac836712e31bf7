//! A queue of no-op operations, emptied by one process of ours and of each peer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use test_measure::Outcome;
use test_measure::figures::{Figures, Limit};
use test_measure::pairs::Pairs;
use tokio::time::timeout;

use crate::Plan;
use crate::peers::{Contender, Round};
use crate::server::{Server, connect};
use crate::usage::print_for;

const OPERATIONS: usize = 200_000;

/// After so long, something is stuck.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Against whom, at which concurrency, and how many times the peer's rate it has to be.
const CONTESTS: [(Contender, usize, Limit); 4] = [
    (Contender::Apalis, 24, Limit::AtLeast(1.2)),
    (Contender::Apalis, 100, Limit::AtLeast(1.2)),
    (Contender::Awa, 128, Limit::AtLeast(2.0)),
    // It keeps nothing of jobs that are done.
    (Contender::GraphileWorker, 100, Limit::None),
];

pub(crate) async fn run(server: &Server, plan: &Plan, figures: &mut Figures) -> Outcome {
    let peers = plan.peers.clone().unwrap_or_else(|| PathBuf::from("target/peers"));
    let operations = plan.operations.unwrap_or(OPERATIONS);
    println!("{operations} operations, {} pairs of rounds", plan.pairs);
    for (peer, concurrency, limit) in CONTESTS {
        let mut rates = Pairs::warm();
        for number in 1..=plan.pairs {
            let of_contender = |contender| {
                let is_last = number == plan.pairs;
                Entry { server, peers: &peers, operations, concurrency, contender, is_last }
            };
            let ours = of_contender(Contender::Ours).round(figures).await?;
            match of_contender(peer).round(figures).await {
                Ok(theirs) => rates.push(ours.rate, theirs.rate),
                Err(error) => {
                    println!("skipped: {error}");
                    figures.print(&format!("ours, at {concurrency}"), ours.rate, "operations/s", Limit::None);
                    break;
                }
            }
        }
        if !rates.is_empty() {
            figures.print(&format!("ours, at {concurrency}"), rates.ours(), "operations/s", Limit::None);
            figures.print(&format!("{peer}, at {concurrency}"), rates.peer(), "operations/s", Limit::None);
            figures.print("ratio", rates.ratio(), "", limit);
        }
    }
    Ok(())
}

/// One contender in one round.
struct Entry<'a> {
    server: &'a Server,
    peers: &'a Path,
    operations: usize,
    concurrency: usize,
    contender: Contender,
    /// Whether to print what it costs.
    is_last: bool,
}

impl Entry<'_> {
    async fn round(&self, figures: &mut Figures) -> Outcome<Round> {
        const DATABASE: &str = "drain";
        let Self { server, contender, .. } = self;
        let round = contender.round(server, DATABASE, self.peers, self.operations, self.concurrency);
        let ended = timeout(TIMEOUT, round).await;
        if let (Ok(Ok(round)), true) = (&ended, self.is_last) {
            let client = connect(&server.url(DATABASE)).await?;
            print_for(&client, &contender.to_string(), round.wal, self.operations, figures).await?;
        }
        server.drop_database(DATABASE)?;
        ended.map_err(|_| format!("{contender} has not ended after {} s", TIMEOUT.as_secs()))?
    }
}
