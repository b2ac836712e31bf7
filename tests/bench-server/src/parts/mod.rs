//! What is measured.

mod denied;
mod get;
mod heartbeats;
mod identified;
mod million;
mod store_calls;
mod wait;
mod waiters;

use test_measure::Outcome;
use test_measure::figures::Figures;

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Part {
    Get,
    Wait,
    Waiters,
    Million,
    StoreCalls,
    Heartbeats,
    Identified,
    Denied,
}

impl Part {
    pub(crate) async fn run(self, pairs: usize, figures: &mut Figures) -> Outcome {
        match self {
            Self::Get => get::run(pairs, figures).await,
            Self::Wait => wait::run(pairs, figures).await,
            Self::Waiters => waiters::run(pairs, figures).await,
            Self::Million => million::run(pairs, figures).await,
            Self::StoreCalls => store_calls::run(pairs, figures).await,
            Self::Heartbeats => heartbeats::run(figures).await,
            Self::Identified => identified::run(pairs, figures).await,
            Self::Denied => denied::run(figures).await,
        }
    }
}
