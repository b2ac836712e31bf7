//! What is measured.

mod crowd;
mod memory;
mod notice;

use test_measure::Outcome;
use test_measure::figures::Figures;

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Part {
    Notice,
    Crowd,
    Memory,
}

impl Part {
    pub(crate) fn run(self, seeds: u64, figures: &mut Figures) -> Outcome {
        match self {
            Self::Notice => notice::run(seeds, figures),
            Self::Crowd => crowd::run(figures),
            Self::Memory => memory::run(figures),
        }
    }
}
