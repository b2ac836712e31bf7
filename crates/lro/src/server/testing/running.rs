//! An attempt under way, step by step.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use lro_store::{OperationName, StopReason};
use prost::{Message, Name};
use tonic::Status;

use super::Attempt;
use super::ended::{EndedAttempt, checkpoint, metadata};
use super::recorder::{Record, Report, Reported, Reports, Standing};
use crate::codegen::BoxFuture;
use crate::server::state::run::Run;

/// An attempt under way. Its handler works only while the test awaits one of the methods here, and stands still where
/// it has reported something, so what a test does between two of them always falls into the same moment of the work.
///
/// Dropping this drops the handler where it waits, as an engine does with work that has not stopped in time, that was
/// lost or whose process ends.
#[must_use = "the handler works only while this is awaited"]
pub struct RunningAttempt<'a, Req, Res, Meta> {
    attempt: Attempt<Req, Res, Meta>,
    run: Arc<Run>,
    work: BoxFuture<'a, Result<Res, Status>>,
    result: Option<Result<Res, Status>>,
    reports: Reports,
    record: Record,
    /// Where the handler stands still.
    stands: Option<Standing>,
}

impl<'a, Req, Res, Meta> RunningAttempt<'a, Req, Res, Meta>
where
    Req: Message + Default + 'static,
    Res: Message + 'static,
    Meta: Message + Default + 'static,
{
    pub(super) fn new(
        attempt: Attempt<Req, Res, Meta>,
        run: Arc<Run>,
        work: BoxFuture<'a, Result<Res, Status>>,
        reports: Reports,
    ) -> Self {
        Self { attempt, run, work, result: None, reports, record: Record::default(), stands: None }
    }

    /// Lets the handler work until it reports progress, passing over checkpoints. It then stands still in that very
    /// call, and goes on with the next method of this handle. `None` when it ends first.
    ///
    /// Cancel-safe.
    pub async fn next_progress(&mut self) -> Option<Meta> {
        let method = self.attempt.method();
        loop {
            if let Reported::Progress(progress) = self.step().await? {
                return Some(metadata(&method, &progress));
            }
        }
    }

    /// Lets the handler work until it makes a checkpoint, passing over progress. It then stands still in that very call,
    /// with the checkpoint stored, and goes on with the next method of this handle. `None` when it ends first.
    ///
    /// Cancel-safe.
    ///
    /// # Panics
    /// When the checkpoint is of another type.
    pub async fn next_checkpoint<T: Message + Name + Default>(&mut self) -> Option<T> {
        loop {
            if let Reported::Checkpoint(payload) = self.step().await? {
                return Some(checkpoint(&payload));
            }
        }
    }

    /// Lets the handler work until `future` is ready, such as a pause of Tokio's: for one that waits for something
    /// other than its own reports. It stands still then, unless it works in tasks of its own.
    ///
    /// Cancel-safe as far as `future` is.
    pub async fn run_until<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            while let Poll::Ready(Some(_)) = self.poll_step(context) {}
            future.as_mut().poll(context)
        })
        .await
    }

    /// Lets the handler work to its end.
    ///
    /// Dropping the future drops the handler where it waits.
    ///
    /// # Panics
    /// When the handler does, as in all methods here that let it work.
    pub async fn finish(mut self) -> EndedAttempt<Req, Res, Meta> {
        while self.step().await.is_some() {}
        let result = self.result.expect("no step is left when there is a result");
        EndedAttempt::new(self.attempt, result, self.record, &self.run)
    }

    /// Asks the work to stop, as if a client had cancelled the operation.
    pub fn cancel(&self) {
        self.run.request_stop(StopReason::Cancelled);
    }

    /// Asks the work to stop, as if the operation of this name had pre-empted its own
    /// ([`OnConflict::Preempt`](crate::OnConflict::Preempt)).
    ///
    /// # Panics
    /// When this is no operation's name.
    pub fn preempt(&self, by: &str) {
        let by = OperationName::parse(by)
            .unwrap_or_else(|error| panic!("{by:?} cannot be an operation's name: {error}"));
        self.run.request_stop(StopReason::Preempted(by));
    }

    /// Asks the work to stop, as if the operation's deadline were over.
    pub fn expire(&self) {
        self.run.request_stop(StopReason::DeadlineExceeded);
    }

    /// Has another attempt take the operation over. Nothing that the handler reports from here on is recorded.
    ///
    /// An engine drops such work where it next waits; here it goes on, for a test to see what it does when it notices by
    /// itself.
    pub fn lose(&self) {
        self.run.lose();
    }

    /// What the handler reports next; `None` when it has ended.
    async fn step(&mut self) -> Option<Reported> {
        poll_fn(|context| self.poll_step(context)).await
    }

    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Option<Reported>> {
        self.stands = None;
        if let Ok(report) = self.reports.try_recv() {
            return Poll::Ready(Some(self.note(report)));
        }
        if self.result.is_none()
            && let Poll::Ready(result) = self.work.as_mut().poll(context)
        {
            self.result = Some(result);
        }
        if let Ok(report) = self.reports.try_recv() {
            return Poll::Ready(Some(self.note(report)));
        }
        if self.result.is_some() {
            return Poll::Ready(None);
        }
        // Tasks of the handler's own may report while it waits itself.
        match ready!(self.reports.poll_recv(context)) {
            Some(report) => Poll::Ready(Some(self.note(report))),
            None => Poll::Pending,
        }
    }

    fn note(&mut self, report: Report) -> Reported {
        self.record.add(&report.reported);
        self.stands = Some(report.stands);
        report.reported
    }
}

impl<Req, Res, Meta> fmt::Debug for RunningAttempt<'_, Req, Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningAttempt")
            .field("fence", &self.run.fence)
            .field("stop", &self.run.stop())
            .field("has_ended", &self.result.is_some())
            .finish_non_exhaustive()
    }
}
