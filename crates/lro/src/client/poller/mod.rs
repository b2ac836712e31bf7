//! The task that asks for an operation while somebody waits for it.
//!
//! All handles of an operation share one, so that a hundred clones ask no more often than one, and all of them learn of the end at the same
//! moment. `plan` decides what to ask and when, by the pauses of the policy, `failed` what to do after a failure, and `call` asks. `verdict` says what a failure means to one
//! who waits.

mod call;
mod failed;
mod plan;
pub(super) mod verdict;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};
use tracing::Instrument as _;

use self::call::Call;
use super::failure::RpcFailure;
use super::shared::{Demand, Shared};
use crate::google::longrunning::Operation;

/// Begins to ask. Panics outside of a tokio runtime.
pub(super) fn spawn(shared: Arc<Shared>, number: u32) -> AbortHandle {
    let ended = Ended { shared, number };
    // The trace of whoever began to wait has the calls.
    tokio::spawn(run(ended).in_current_span()).abort_handle()
}

/// Tells those who wait that the poller has ended, also when its runtime drops it.
struct Ended {
    shared: Arc<Shared>,
    number: u32,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.shared.poller_ended(self.number, std::thread::panicking());
    }
}

async fn run(poller: Ended) {
    loop {
        match next(&poller.shared) {
            Next::Never => return,
            Next::Now => {}
            Next::At(due) => tokio::select! {
                biased;
                () = poller.shared.changed() => continue,
                () = sleep_until(due) => {}
            },
        }
        if !poller.shared.is_fed() {
            poller.shared.client.channel().turn().await;
        }
        // In a box, because most pollers sleep most of the time.
        if Box::pin(look(&poller.shared)).await {
            return;
        }
    }
}

/// When the next call is due.
enum Next {
    /// Nobody waits.
    Never,
    Now,
    At(Instant),
}

fn next(shared: &Shared) -> Next {
    let Some((demand, mut plan)) = shared.demand() else { return Next::Never };
    let now = Instant::now();
    let due = plan.due(&demand, shared, now);
    shared.set_plan(plan);
    if due > now { Next::At(due) } else { Next::Now }
}

/// Asks once. Returns whether the operation has ended, or nobody wants to know any more.
async fn look(shared: &Arc<Shared>) -> bool {
    let Some((demand, mut plan)) = shared.demand() else { return true };
    let call = plan.next_call(&demand, shared);
    plan.began(Instant::now());
    shared.set_plan(plan);
    let Some((answer, took)) = ask(shared, &call, &demand).await else { return false };
    match answer {
        Ok(operation) => {
            let believed = plan.answered(&call, took, &operation, &demand, shared);
            tell(shared, &call, took, Ok(operation.done), plan.pause());
            // The plan comes first: whoever learns of the end may wait for something else at once.
            shared.set_plan(plan);
            believed && shared.remember(operation).done
        }
        Err(failure) => {
            let failed = plan.failed(&call, took, &failure, &demand, shared);
            tell(shared, &call, took, Err(&failure), plan.pause());
            shared.set_plan(plan);
            if let Some(trouble) = failed {
                shared.report(trouble);
            }
            false
        }
    }
}

/// Makes a call. Returns nothing if somebody came meanwhile who wants to know sooner than the call tells.
async fn ask(
    shared: &Arc<Shared>,
    call: &Call<'_>,
    demand: &Demand,
) -> Option<(Result<Operation, RpcFailure>, Duration)> {
    let begin = Instant::now();
    let mut answer = call.make(shared, demand.rpcs);
    loop {
        tokio::select! {
            biased;
            answer = &mut answer => return Some((answer, begin.elapsed())),
            () = shared.changed(), if call.is_held() => {
                let (now, _) = shared.demand()?;
                if now.interval.is_some_and(|interval| demand.interval.is_none_or(|before| interval < before)) {
                    return None;
                }
            }
        }
    }
}

/// One event for each call, with the pause that comes after it: nothing is silent for longer. The names are those of the conventions for Google's
/// clients.
fn tell(
    shared: &Shared,
    call: &Call<'_>,
    took: Duration,
    answer: Result<bool, &RpcFailure>,
    pause: Duration,
) {
    let Some(path) = call.path() else { return };
    let attempt = shared.count_call();
    let name = &*shared.name;
    let method = path.trim_start_matches('/');
    match answer {
        Ok(done) => tracing::debug!(
            gcp.resource.destination.id = name,
            gcp.longrunning.poll_attempt_count = attempt,
            gcp.longrunning.done = done,
            rpc.method = method,
            ?took,
            ?pause,
            "asked for the operation"
        ),
        Err(failure) => tracing::debug!(
            gcp.resource.destination.id = name,
            gcp.longrunning.poll_attempt_count = attempt,
            gcp.longrunning.status_code = failure.status.code() as i32,
            rpc.method = method,
            error = failure.status.message(),
            ?took,
            ?pause,
            "could not ask for the operation"
        ),
    }
}
