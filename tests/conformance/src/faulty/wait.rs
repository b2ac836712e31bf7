//! `WaitOperation`.

use std::time::Duration;

use bytes::Bytes;
use lro::google::longrunning::{Operation, WaitOperationRequest};
use tokio::time::sleep;
use tonic::Status;

use super::backend::Backend;
use super::state::State;
use super::{decode, encode};
use crate::fault::Fault;

/// Longer than an answer that is to come at once may take.
const LATE: Duration = Duration::from_millis(2_500);

pub(super) async fn answer(
    fault: Fault,
    state: &State,
    backend: &Backend,
    message: Bytes,
) -> Result<Bytes, Status> {
    let mut request: WaitOperationRequest = decode(message)?;
    let name = request.name.clone();
    match fault {
        Fault::WaitIgnoresTimeout => request.timeout = None,
        Fault::WaitTakesNegativeTimeouts => {
            // Of any sign.
            if let Some(timeout) = &mut request.timeout {
                timeout.seconds = timeout.seconds.max(0);
            }
        }
        Fault::WaitHoldsWhatIsDone if backend.get(&name).await?.done => sleep(LATE).await,
        Fault::WaitNeverHears => {
            sleep(timeout(&request)).await;
            return Ok(encode(&backend.get(&name).await?));
        }
        Fault::WaitHasOneWaiter => {
            let _waiter = Waiter::new(state, &name)?;
            return Ok(encode(&backend.wait(&request).await?));
        }
        Fault::WaitCancelsWhenAbandoned => {
            let mut abandoned = CancelOnDrop(Some((backend.clone(), name)));
            let answer = backend.wait(&request).await;
            abandoned.0 = None;
            return Ok(encode(&answer?));
        }
        Fault::WaitIgnoresDeadline => {
            return Ok(encode(&backend.without_deadline().wait(&request).await?));
        }
        _ => {}
    }
    let mut operation: Operation = backend.wait(&request).await?;
    match fault {
        Fault::WaitFailsAtTimeout if !operation.done => {
            return Err(Status::deadline_exceeded("the operation is not done"));
        }
        Fault::WaitGivesOldState => {
            operation.done = false;
            operation.result = None;
        }
        _ => {}
    }
    Ok(encode(&operation))
}

fn timeout(request: &WaitOperationRequest) -> Duration {
    request.timeout.and_then(|timeout| timeout.try_into().ok()).unwrap_or(LATE)
}

/// The one who waits for an operation, where a server has no room for more.
struct Waiter<'s>(&'s State, String);

impl<'s> Waiter<'s> {
    fn new(state: &'s State, name: &str) -> Result<Self, Status> {
        let waiter = Self(state, name.to_owned());
        if state.count(name) > 1 {
            return Err(Status::resource_exhausted("somebody waits for it already"));
        }
        Ok(waiter)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.0.lock().counts.get_mut(&self.1) {
            *count -= 1;
        }
    }
}

/// Cancels the operation when its caller goes away.
struct CancelOnDrop(Option<(Backend, String)>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some((backend, name)) = self.0.take() {
            tokio::spawn(async move { backend.cancel(&name).await });
        }
    }
}
