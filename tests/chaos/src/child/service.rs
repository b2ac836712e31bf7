//! The handler: does what its request says, and writes down what it does.

use std::path::PathBuf;
use std::time::Duration;

use lro::Context;
use tonic::Status;

use crate::event::{AttemptId, Event, Reached};
use crate::gate;
use crate::job::{Done, Ending, Job, Place, Progress};
use crate::log::Log;

/// The service in one process.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) log: Log,
    pub(crate) process: u32,
    /// Where the gates are.
    pub(crate) folder: PathBuf,
}

impl Service {
    pub(crate) async fn work(&self, job: Job, operation: Context<Progress>) -> Result<Done, Status> {
        let place = operation.last_checkpoint::<Place>()?.map(|place| place.number);
        let (operation_name, number) = (operation.name().to_owned(), operation.attempt());
        let attempt = AttemptId { operation: operation_name, number, process: self.process };
        self.log.write(Event::Begin {
            attempt: attempt.clone(),
            max_attempts: operation.max_attempts(),
            request_id: job.request_id.clone(),
            checkpoint: place,
        });
        let mut running = Running { service: self, operation: &operation, attempt, is_over: false };
        match running.run(&job, place.unwrap_or_default() / 1_000).await {
            Ok(()) => running.end(job.ending(number)),
            Err((reached, status)) => {
                running.reach(reached);
                Err(status)
            }
        }
    }
}

/// Why work ends before its time, and with what error.
type End = (Reached, Status);

/// An attempt that goes on.
struct Running<'a> {
    service: &'a Service,
    operation: &'a Context<Progress>,
    attempt: AttemptId,
    is_over: bool,
}

impl Running<'_> {
    async fn run(&self, job: &Job, done: u64) -> Result<(), End> {
        for (number, step) in (1..).zip(&job.steps) {
            if number <= done {
                continue;
            }
            let pause = async {
                tokio::time::sleep(Duration::from_millis(step.sleep_millis)).await;
                gate::wait(&self.service.folder, &step.gate, self.service.process).await;
            };
            tokio::select! {
                biased;
                () = self.operation.cancelled(), if !job.stubborn => {
                    return Err((Reached::Stopped, Status::cancelled("it was asked to stop")));
                }
                () = pause => {}
            }
            if step.progress {
                let progress = Progress { attempt: self.attempt.number, number, token: String::new() };
                goes_on(self.operation.progress(progress).await, job.stubborn)?;
            }
            if step.checkpoint {
                // Those of two attempts differ, so that one cannot be taken for the other.
                self.checkpoint(number * 1_000 + u64::from(self.attempt.number), job.stubborn).await?;
            }
        }
        Ok(())
    }

    async fn checkpoint(&self, number: u64, stubborn: bool) -> Result<(), End> {
        self.service.log.write(Event::Checkpoint { attempt: self.attempt.clone(), number });
        let answer = self.operation.checkpoint(&Place { number }).await;
        // Work that is asked to stop is told so when the checkpoint is stored.
        if answer.as_ref().err().is_none_or(lro::ProgressError::is_cancelled) {
            self.service.log.write(Event::Checkpointed { attempt: self.attempt.clone(), number });
        }
        goes_on(answer, stubborn)
    }

    fn end(&mut self, ending: Ending) -> Result<Done, Status> {
        let AttemptId { operation, number, process } = &self.attempt;
        let who = format!("attempt {number} of {operation} on process {process}");
        match ending {
            Ending::Succeed => {
                self.reach(Reached::Response(who.clone()));
                Ok(Done { text: who })
            }
            Ending::Fail => {
                let text = format!("it failed in {who}");
                self.reach(Reached::Error(text.clone()));
                Err(Status::data_loss(text))
            }
            Ending::Retry => {
                let text = format!("not yet in {who}");
                self.reach(Reached::Retry(text.clone()));
                Err(self.operation.retry_later(Status::out_of_range(text)))
            }
            Ending::Transient => {
                let text = format!("something is away in {who}");
                self.reach(Reached::Retry(text.clone()));
                Err(Status::unavailable(text))
            }
            Ending::Panic => {
                self.reach(Reached::Panic);
                panic!("the handler panics, as it was asked to");
            }
        }
    }

    fn reach(&mut self, reached: Reached) {
        self.is_over = true;
        self.service.log.write(Event::Reach { attempt: self.attempt.clone(), reached });
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.service.log.write(Event::Drop { attempt: self.attempt.clone() });
        }
    }
}

/// Stubborn work ignores that it is asked to stop.
fn goes_on(answer: Result<(), lro::ProgressError>, stubborn: bool) -> Result<(), End> {
    match answer {
        Err(error) if error.is_lost() => Err((Reached::Lost, error.into())),
        Err(error) if !(stubborn && error.is_cancelled()) => Err((Reached::Stopped, error.into())),
        _ => Ok(()),
    }
}
