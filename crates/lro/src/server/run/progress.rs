//! Writing what a handler reports.

use std::convert::Infallible;
use std::error::Error;

use lro_store::{Report, StoreExt};
use tokio::time::{Instant, sleep_until};

use crate::server::shared::Shared;
use crate::server::state::backoff::Backoff;
use crate::server::state::call::in_time;
use crate::server::state::run::Run;

/// Writes the latest metadata whenever there is some, at most once an interval. What is not written when the work
/// ends goes with the outcome.
pub(super) async fn write(shared: &Shared, run: &Run) -> Infallible {
    let mut next = Instant::now();
    let mut backoff = Backoff::new(&shared.random);
    loop {
        run.reported().await;
        if next > Instant::now() {
            sleep_until(next).await;
        }
        let _turn = run.turn_to_write().await;
        let Some((metadata, number)) = run.unwritten().filter(|_| !run.is_forgotten()) else { continue };
        next = Instant::now() + shared.settings.progress_interval();
        let report = Report::new(run.fence.clone()).metadata(metadata);
        match in_time(shared.store.report_one(report.clone())).await {
            Ok(result) => {
                backoff = Backoff::new(&shared.random);
                run.note_report(report, &result);
                if result.is_applied() {
                    run.written(number);
                    shared.waiters.tell_watchers(&run.fence.name, || run.view());
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "progress could not be stored; trying again");
                run.report_again();
                backoff.pause().await;
            }
        }
    }
}
