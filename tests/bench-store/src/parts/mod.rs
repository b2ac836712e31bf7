//! What is measured.

mod drain;
mod million;
mod postgres;
mod replicas;
mod sizes;
mod sqlite;

use test_measure::Outcome;
use test_measure::figures::Figures;

use crate::Plan;
use crate::server::Server;

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Part {
    Sqlite,
    Postgres,
    Drain,
    Million,
    Replicas,
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
        }
    }
}
