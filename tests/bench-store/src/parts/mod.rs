//! What is measured.

mod drain;
mod filter;
mod million;
mod postgres;
mod replicas;
mod sizes;
mod sqlite;

use test_measure::Outcome;
use test_measure::figures::{Figures, Limit};
use test_measure::pairs::Pairs;

use crate::Plan;
use crate::server::Server;

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Part {
    Sqlite,
    Postgres,
    Drain,
    Million,
    Replicas,
    Filter,
}

impl Part {
    pub(crate) async fn run(self, plan: &Plan, figures: &mut Figures) -> Outcome {
        if let Self::Sqlite = self {
            return sqlite::run(plan, figures).await;
        }
        let Some(server) = Server::start()? else { return Ok(()) };
        match self {
            Self::Sqlite => Ok(()),
            Self::Postgres => postgres::run(&server, plan, figures).await,
            Self::Drain => drain::run(&server, plan, figures).await,
            Self::Million => million::run(&server, plan, figures).await,
            Self::Replicas => replicas::run(&server, plan, figures).await,
            Self::Filter => filter::run(&server, plan, figures).await,
        }
    }
}

/// Prints the processor time of operations, the server's and the callers' included. What else the machine does changes it
/// less than the rates.
fn print_cpu(rates: &Pairs, figures: &mut Figures) {
    figures.print("processor time", 1e6 / rates.ours(), "us an operation", Limit::None);
    figures.print("processor time of the peer", 1e6 / rates.peer(), "us an operation", Limit::None);
    figures.print("ratio by processor time", rates.ratio(), "", Limit::None);
}
