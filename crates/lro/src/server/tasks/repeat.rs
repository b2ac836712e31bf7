//! Doing the same at intervals.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::server::state::random::Random;

/// Acts now, and then again and again after an interval, until `end`. Intervals differ from one process to the
/// next, so that several which were started together do not act together.
pub(super) async fn repeat(interval: Duration, random: &Random, end: &CancellationToken, act: impl AsyncFn()) {
    loop {
        tokio::select! {
            () = end.cancelled() => return,
            () = act() => {}
        }
        tokio::select! {
            () = end.cancelled() => return,
            () = sleep(random.shorten(interval)) => {}
        }
    }
}
