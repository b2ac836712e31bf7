//! Waiting for operations.

use std::time::Duration;

use lro::google::longrunning::WaitOperationRequest;
use lro::store::OperationName;
use tokio::time::Instant;
use tonic::{Code, Request};

use super::Client;
use crate::knobs::MAX_WAIT;
use crate::process::Process;

/// How long a first look at the store may take.
const FIRST_LOOK: Duration = Duration::from_secs(10);

/// Timers have milliseconds.
const ROUNDING: Duration = Duration::from_millis(5);

impl Client {
    /// Waits for an operation, and checks that the answer comes when it has to.
    pub(crate) async fn wait(&self, process: &Process, name: &OperationName) {
        if !self.site.state().waits.insert((process.number, name.clone())) {
            return;
        }
        self.wait_alone(process, name).await;
        self.site.state().waits.remove(&(process.number, name.clone()));
    }

    async fn wait_alone(&self, process: &Process, name: &OperationName) {
        let (dice, is_calm) = (&self.dice, self.world.weather.is_calm());
        let timeout = dice.happens(700).then(|| dice.millis(0..30_000));
        let deadline = dice.happens(300).then(|| dice.millis(100..20_000));
        let mut request = Request::new(WaitOperationRequest {
            name: name.to_string(),
            timeout: timeout.and_then(|timeout| timeout.try_into().ok()),
        });
        if let Some(deadline) = deadline {
            request.set_timeout(deadline);
        }
        // As the server reckons, which leaves time for the way back.
        let to_answer = deadline.map(|time| time.saturating_sub((time / 10).min(Duration::from_millis(500))));
        let time = [timeout, to_answer].into_iter().flatten().fold(MAX_WAIT, Duration::min);
        let first_look = to_answer.unwrap_or(FIRST_LOOK).min(FIRST_LOOK);
        let began = Instant::now();
        let Some(answer) = self.call(process, process.operations.clone().wait_operation(request)).await
        else {
            return;
        };
        let took = began.elapsed();
        let history = &self.world.history;
        if took > time.max(first_look) + ROUNDING {
            history.fault(format_args!("a wait of {time:?} on p{} took {took:?}", process.number));
        }
        match answer {
            Ok(operation) => {
                history.cover(if operation.get_ref().done {
                    "waits until the end"
                } else {
                    "waits without the end"
                });
                let draining = history.facts().processes[process.number].draining_since.is_some();
                if !operation.get_ref().done && took + ROUNDING < time && !draining {
                    history
                        .fault(format_args!("a wait of {time:?} on p{} took {took:?} only", process.number));
                }
            }
            Err(status) if status.code() == Code::NotFound => self.check_gone("a wait", name),
            Err(status) => {
                if took > first_look + ROUNDING {
                    history.fault(format_args!("a wait failed although its time was over: {status:?}"));
                }
                self.check_error(process, "a wait", &status, is_calm);
            }
        }
    }
}
