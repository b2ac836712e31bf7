//! Store calls that end in time.

use std::future::Future;
use std::time::Duration;

use lro_store::Error;
use tokio::time::timeout;

use super::unwind::catch;

/// How long a call may take before it counts as one that failed.
pub(in crate::server) const CALL_TIME: Duration = Duration::from_secs(10);

/// A call that may be dropped after [`CALL_TIME`] without harm.
pub(in crate::server) async fn in_time<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    within(CALL_TIME, call).await
}

/// A call that may be dropped after `time`. Then it is as if the store could not be reached: the call may
/// have had its effect. One that panics is as if the store were broken.
pub(in crate::server) async fn within<T>(
    time: Duration,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    // A store that answers at once must not let a loop of calls keep the thread from everybody else.
    tokio::task::coop::consume_budget().await;
    match timeout(time, catch(call)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => Err(Error::internal(format!("the store panicked: {panic}"))),
        Err(_elapsed) => Err(Error::unavailable(format!("the store gave no answer within {time:?}"))),
    }
}
