//! The handler: does what its request says, and tells the history.

use std::future::pending;
use std::time::Duration;

use lro::Context;
use lro::store::{FailureCode, OperationName};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::history::{History, Reached};
use crate::job::{Done, Ending, Job, Place, Progress};

/// The code that operations with a retry policy try again without being asked.
pub(crate) const TRANSIENT: FailureCode = FailureCode::UNAVAILABLE;

/// The service in one process.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) history: History,
    pub(crate) process: usize,
    /// Fires when the process is killed: then its work stands still for ever.
    pub(crate) died: CancellationToken,
}

impl Service {
    pub(crate) async fn work(&self, job: Job, operation: Context<Progress>) -> Result<Done, Status> {
        tokio::select! {
            biased;
            () = self.died.cancelled() => pending().await,
            result = self.run(job, operation) => result,
        }
    }

    async fn run(&self, job: Job, operation: Context<Progress>) -> Result<Done, Status> {
        let name = OperationName::parse(operation.name()).expect("the engine gives it");
        let counted = operation.attempt();
        let place = operation.last_checkpoint::<Place>()?.map(|place| place.number);
        let at = self.history.begin_execution(self.process, &name, counted, place, operation.is_cancelled());
        let execution = Running { service: self, operation: &operation, name, at };
        let result = execution.run(&job, place.unwrap_or_default()).await;
        let ending = job.ending(counted);
        let (reached, result) = match result {
            Err(status) => (Reached::Error(status.code().into()), Err(status)),
            Ok(()) => execution.end(ending, counted),
        };
        self.history.log(|| {
            format!("p{} ends attempt {counted} of {} with {reached:?}", self.process, execution.name.id())
        });
        self.history.edit_execution(&execution.name, at, |execution| {
            execution.reached = Some(reached);
            execution.end();
        });
        assert!(result.is_err() || ending != Ending::Panic, "the handler panics (injected)");
        result
    }
}

/// An execution that goes on. Dropping it ends it.
struct Running<'a> {
    service: &'a Service,
    operation: &'a Context<Progress>,
    name: OperationName,
    at: usize,
}

impl Running<'_> {
    async fn run(&self, job: &Job, done: u64) -> Result<(), Status> {
        for (number, step) in (1..).zip(&job.steps) {
            if number <= done {
                continue;
            }
            let sleep = tokio::time::sleep(Duration::from_millis(step.sleep_millis));
            tokio::select! {
                biased;
                () = self.operation.cancelled(), if !job.stubborn => return Err(Status::cancelled("it was asked to stop")),
                () = sleep => {}
            }
            if step.progress {
                self.report(number, job.stubborn).await?;
            }
            if step.checkpoint {
                self.checkpoint(number, job.stubborn).await?;
            }
        }
        Ok(())
    }

    async fn report(&self, number: u64, stubborn: bool) -> Result<(), Status> {
        // Attempts differ in what they report, so that one cannot be taken for the other.
        let number = u64::from(self.operation.attempt()) * 1_000 + number;
        let answer = self.operation.progress(Progress { number }).await;
        if answer.as_ref().err().is_none_or(lro::ProgressError::is_cancelled) {
            self.service.history.edit_execution(&self.name, self.at, |execution| {
                execution.last_progress = Some(number);
            });
        }
        goes_on(answer, stubborn)
    }

    async fn checkpoint(&self, number: u64, stubborn: bool) -> Result<(), Status> {
        let answer = self.operation.checkpoint(&Place { number }).await;
        if answer.as_ref().err().is_none_or(lro::ProgressError::is_cancelled) {
            let mut facts = self.service.history.facts();
            let known = facts.operations.get(&self.name);
            let is_stored = known.is_some_and(|known| known.checkpoints.contains(&number));
            let is_lost = facts.is_there(&self.name) && !is_stored;
            if is_lost && !facts.processes[self.service.process].is_dead {
                let label = facts.label(&self.name);
                facts
                    .fault(format_args!("checkpoint {number} of {label} was acknowledged and is not stored"));
            }
        }
        goes_on(answer, stubborn)
    }

    fn end(&self, ending: Ending, counted: u32) -> (Reached, Result<Done, Status>) {
        match ending {
            Ending::Succeed => {
                let text = format!("attempt {counted} on p{}", self.service.process);
                (Reached::Response(text.clone()), Ok(Done { text }))
            }
            Ending::Fail => (Reached::Error(Code::DataLoss.into()), Err(Status::data_loss("it failed"))),
            Ending::Retry => {
                let status = self.operation.retry_later(Status::out_of_range("not yet"));
                (Reached::Retry(Code::OutOfRange.into()), Err(status))
            }
            Ending::Transient => {
                (Reached::Retry(TRANSIENT.number()), Err(Status::unavailable("something is away")))
            }
            // The panic itself comes when this is noted.
            Ending::Panic => (Reached::Error(Code::Internal.into()), Ok(Done::default())),
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.service.history.edit_execution(&self.name, self.at, super::history::Execution::end);
    }
}

/// Stubborn work ignores that it is asked to stop.
fn goes_on(answer: Result<(), lro::ProgressError>, stubborn: bool) -> Result<(), Status> {
    match answer {
        Err(error) if !(stubborn && error.is_cancelled()) => Err(error.into()),
        _ => Ok(()),
    }
}
