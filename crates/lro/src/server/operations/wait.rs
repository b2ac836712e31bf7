//! `WaitOperation`.

use std::time::Duration;

use tokio::time::sleep;
use tonic::Status;

use super::super::convert;
use super::super::inner::Inner;
use super::{parse_name, read};
use crate::google::longrunning::{Operation, WaitOperationRequest};

/// The operation once it is done, or as it stands when the time is over: that of the request,
/// `time_to_answer` before the caller's deadline, or the server's own limit. A server that shuts down answers
/// early too; that is never an error.
pub(super) async fn wait(
    inner: &Inner,
    request: &WaitOperationRequest,
    time_to_answer: Option<Duration>,
) -> Result<Operation, Status> {
    let name = parse_name(inner, &request.name)?;
    let asked = asked(inner, request)?;
    let limits = [asked, time_to_answer].into_iter().flatten();
    let time = limits.fold(inner.settings.max_wait, Duration::min);

    // The order matters: one who waits first and looks then cannot miss the end.
    let waiter = inner.waiters.wait_for(&name);
    let record = read(inner, &name).await?;
    if record.is_done() || time.is_zero() {
        return Ok(convert::to_operation(&record));
    }
    tokio::select! {
        settled = waiter.settled() => match settled {
            Some(record) => Ok(convert::to_operation(&record)),
            None => Err(inner.errors.not_found(&name)),
        },
        () = sleep(time) => Ok(convert::to_operation(&read(inner, &name).await?)),
        () = inner.stopped.cancelled() => Ok(convert::to_operation(&read(inner, &name).await?)),
    }
}

fn asked(inner: &Inner, request: &WaitOperationRequest) -> Result<Option<Duration>, Status> {
    let asked = request.timeout.map(Duration::try_from).transpose();
    asked.map_err(|_| inner.errors.bad_field("timeout", "INVALID_TIMEOUT", "must not be negative"))
}
