//! Doing the same at intervals.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::server::state::random::Random;

/// Waits for an interval, or until `end`; whether to go on. Intervals differ from one process to the next, so that
/// several which were started together do not act together.
pub(super) async fn again(interval: Duration, random: &Random, end: &CancellationToken) -> bool {
    tokio::select! {
        biased;
        () = end.cancelled() => false,
        () = sleep(random.shorten(interval)) => true,
    }
}
