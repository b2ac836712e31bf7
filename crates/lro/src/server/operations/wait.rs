//! `WaitOperation`.

use std::future::pending;
use std::time::Duration;

use lro_store::{OperationName, View};
use tokio::time::{Instant, sleep_until, timeout_at};
use tonic::Status;

use super::parse_name;
use crate::google::longrunning::{Operation, WaitOperationRequest};
use crate::server::access::{Action, Caller};
use crate::server::convert;
use crate::server::shared::Shared;
use crate::server::state::call::CALL_TIME;
use crate::server::state::waiters::{Interest, Seen, Waiter};
use crate::server::status::reason;

/// The longest that the last look at the store may take.
const LAST_LOOK: Duration = Duration::from_millis(250);

/// No answer is held for longer than this, whatever the settings say.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The operation once it is done, or as it stands when the time is over: that of the request,
/// `time_to_answer` before the caller's deadline, or the server's own limit, all counted from the arrival of the
/// request. A server that shuts down answers early too. That the time is over is never an error: when the last look
/// at the store fails or takes too long, what was last seen is the answer.
pub(super) async fn wait(
    shared: &Shared,
    caller: &Caller,
    request: &WaitOperationRequest,
    arrival: Instant,
    time_to_answer: Option<Duration>,
) -> Result<Operation, Status> {
    let name = parse_name(shared, &request.name)?;
    let asked = asked(shared, request)?;
    let limits = [asked, time_to_answer].into_iter().flatten();
    let time = limits.fold(shared.settings.max_wait.min(LONGEST), Duration::min);
    let end = arrival + time;

    // The order matters: one who waits first and looks then cannot miss the end.
    let mut waiter = shared.waiters.wait_for(&name, Interest::End);
    // Without a first look there is nothing to answer, so it may take longer than the caller would wait for the end.
    let first_look_by = arrival + CALL_TIME.min(time_to_answer.unwrap_or(CALL_TIME));
    let look = async {
        if time.is_zero() {
            shared.read_for(caller, Action::Wait, &name).await
        } else {
            shared.look_for(caller, Action::Wait, &name).await
        }
    };
    let first = match timeout_at(first_look_by, look).await {
        Ok(view) => view?,
        Err(elapsed) => return Err(shared.errors.store(&lro_store::Error::unavailable(elapsed))),
    };
    if first.is_done() || Instant::now() >= end {
        return Ok(shared.show(&first));
    }
    shared.check_alive()?;
    let last_look = end - LAST_LOOK.min(time / 10);
    tokio::select! {
        biased;
        ended = waiter.ended() => return answer(shared, caller, &name, ended.as_ref()),
        () = shared.stopped.cancelled() => {}
        () = sleep_until(last_look) => {}
    }
    // One that shuts down waits no longer than that for a store that is away.
    let end = if shared.stopped.is_cancelled() { end.min(Instant::now() + LAST_LOOK) } else { end };
    let look = async {
        match shared.read(&name).await {
            Ok(view) => view.ok_or_else(|| shared.guard.missing(caller, &name)),
            // What was last seen will do.
            Err(_) => pending().await,
        }
    };
    tokio::select! {
        biased;
        ended = waiter.ended() => answer(shared, caller, &name, ended.as_ref()),
        looked = timeout_at(end, look) => match looked {
            Ok(Ok(view)) if view.is_done() || shared.stopped.is_cancelled() => Ok(shared.show(&view)),
            Ok(Ok(view)) => latest(shared, caller, &name, waiter, end, &view).await,
            Ok(Err(status)) => Err(status),
            Err(_elapsed) => Ok(shared.show(&last_seen(&waiter, first))),
        },
    }
}

/// Waits for the end until the time is over; else the operation as it was looked at last.
async fn latest(
    shared: &Shared,
    caller: &Caller,
    name: &OperationName,
    mut waiter: Waiter,
    end: Instant,
    view: &View,
) -> Result<Operation, Status> {
    match timeout_at(end, waiter.ended()).await {
        Ok(ended) => answer(shared, caller, name, ended.as_ref()),
        Err(_elapsed) => Ok(shared.show(view)),
    }
}

fn answer(
    shared: &Shared,
    caller: &Caller,
    name: &OperationName,
    ended: Option<&View>,
) -> Result<Operation, Status> {
    ended.map(|view| shared.show(view)).ok_or_else(|| shared.guard.missing(caller, name))
}

/// The state in hand.
fn last_seen(waiter: &Waiter, first: View) -> View {
    match waiter.seen() {
        Seen::View(view) => view,
        Seen::Nothing | Seen::Gone => first,
    }
}

fn asked(shared: &Shared, request: &WaitOperationRequest) -> Result<Option<Duration>, Status> {
    let Some(timeout) = request.timeout else { return Ok(None) };
    let description = "must be a duration that is not negative, with less than a second of nanoseconds";
    let invalid = || shared.errors.bad_field("timeout", reason::INVALID_TIMEOUT, description);
    convert::to_duration(timeout).map(Some).ok_or_else(invalid)
}
