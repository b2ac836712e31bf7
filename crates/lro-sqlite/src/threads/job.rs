//! What the thread that writes is asked to do.

use std::time::Instant;

use lro_store::Error;
use tokio::sync::oneshot;

use crate::error::Failed;
use crate::transaction::Step;

/// A job of the thread.
pub(crate) enum Job {
    /// Part of a transaction.
    Write(Box<dyn Write>),
    /// Move the write-ahead log into the database and empty it.
    Checkpoint(oneshot::Sender<Result<(), Error>>),
}

/// A call that writes.
pub(crate) trait Write: Send {
    /// Whether somebody still waits for the answer; nobody does after the call's deadline.
    fn is_wanted(&self, now: Instant) -> bool;

    /// Does its part of a transaction. Runs again if that was rolled back.
    fn run(&mut self, step: &mut Step<'_>) -> Result<(), Failed>;

    /// Answers the caller: with what the last run gave, or this error.
    fn answer(self: Box<Self>, outcome: Result<(), Failed>);
}

/// A call of the given function.
pub(crate) struct Call<T, F> {
    act: F,
    result: Option<T>,
    answer: oneshot::Sender<Result<T, Error>>,
    deadline: Instant,
}

impl<T, F> Call<T, F> {
    pub(crate) fn new(act: F, answer: oneshot::Sender<Result<T, Error>>, deadline: Instant) -> Self {
        Self { act, result: None, answer, deadline }
    }
}

impl<T, F> Write for Call<T, F>
where
    T: Send,
    F: FnMut(&mut Step<'_>) -> Result<T, Failed> + Send,
{
    fn is_wanted(&self, now: Instant) -> bool {
        !self.answer.is_closed() && now < self.deadline
    }

    fn run(&mut self, step: &mut Step<'_>) -> Result<(), Failed> {
        self.result = Some((self.act)(step)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Failed>) {
        let missing = || Error::internal("a call was answered before it ran");
        let Self { result, answer, .. } = *self;
        // Whoever gave up does not want the answer.
        let _ = answer.send(outcome.map_err(Error::from).and_then(|()| result.ok_or_else(missing)));
    }
}
