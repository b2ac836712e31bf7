//! Two contenders in turn, and the ratio of their rates.

use std::time::Duration;

use crate::Outcome;
use crate::figures::median;
use crate::load::Run;

/// How long one run of a pair takes: so many slices of this length, in turn with those of the other, so that what else
/// the machine does meets both.
const SLICES: usize = 10;
const SLICE: Duration = Duration::from_millis(100);

/// Runs two contenders in turn. Each is told how long to run.
///
/// # Errors
/// Those of the contenders.
pub async fn pair(
    ours: impl AsyncFnMut(Duration) -> Outcome<Run>,
    peer: impl AsyncFnMut(Duration) -> Outcome<Run>,
) -> Outcome<(Run, Run)> {
    pair_of(SLICE, ours, peer).await
}

/// [`pair`] with slices of another length, for contenders that take longer to get going.
///
/// # Errors
/// Those of the contenders.
pub async fn pair_of(
    slice: Duration,
    mut ours: impl AsyncFnMut(Duration) -> Outcome<Run>,
    mut peer: impl AsyncFnMut(Duration) -> Outcome<Run>,
) -> Outcome<(Run, Run)> {
    let mut runs = (Run::default(), Run::default());
    for _ in 0..SLICES {
        runs.0.add(ours(slice).await?);
        runs.1.add(peer(slice).await?);
    }
    Ok(runs)
}

/// Rates of two contenders, in pairs of runs that follow each other. The first pair warms up and does not count.
#[derive(Debug, Default)]
pub struct Pairs {
    runs: Vec<(f64, f64)>,
    warm: bool,
}

impl Pairs {
    /// Pairs of which the first counts as well, for contenders that warm up by themselves.
    pub fn warm() -> Self {
        Self { runs: Vec::new(), warm: true }
    }

    /// Adds a pair.
    pub fn push(&mut self, ours: f64, peer: f64) {
        if std::mem::replace(&mut self.warm, true) {
            self.runs.push((ours, peer));
        }
    }

    /// Whether there is no pair that counts.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The median of ours.
    pub fn ours(&self) -> f64 {
        median(self.runs.iter().map(|(ours, _)| *ours).collect())
    }

    /// The median of the peer's.
    pub fn peer(&self) -> f64 {
        median(self.runs.iter().map(|(_, peer)| *peer).collect())
    }

    /// The median of the ratios of all pairs.
    pub fn ratio(&self) -> f64 {
        median(self.runs.iter().map(|(ours, peer)| ours / peer).collect())
    }
}
