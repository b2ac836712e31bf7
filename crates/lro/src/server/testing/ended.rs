//! An attempt that has ended.

use std::fmt;

use lro_store::{InTransaction, Payload};
use prost::{Message, Name};
use tonic::Status;

use super::Attempt;
use super::recorder::Record;
use crate::Method;
use crate::server::context::retry;
use crate::server::state::run::Run;
use crate::server::{convert, status};

/// An attempt that has ended: what its handler returned and reported.
pub struct EndedAttempt<Req, Res, Meta> {
    attempt: Attempt<Req, Res, Meta>,
    result: Result<Res, Status>,
    record: Record,
    will_retry: bool,
    in_transaction: Option<InTransaction>,
}

impl<Req, Res, Meta> EndedAttempt<Req, Res, Meta>
where
    Req: Message + Default + 'static,
    Res: Message + 'static,
    Meta: Message + Default + 'static,
{
    pub(super) fn new(
        attempt: Attempt<Req, Res, Meta>,
        result: Result<Res, Status>,
        record: Record,
        run: &Run,
    ) -> Self {
        let view = attempt.view();
        let is_due = |error| retry::is_due(error, status::to_failure(error).code, &view);
        let may_go_on = run.stop().is_none() && !run.is_over() && view.attempts() < view.max_attempts();
        let will_retry = may_go_on && result.as_ref().is_err_and(is_due);
        let in_transaction = run.with_response().filter(|_| result.is_ok());
        Self { attempt, result, record, will_retry, in_transaction }
    }

    /// What the handler returned.
    ///
    /// An engine may make more of it: of work that was asked to stop every error becomes one with the code of the
    /// reason, and what is too large to store becomes an error.
    ///
    /// # Errors
    /// That of the handler.
    pub fn result(&self) -> Result<&Res, &Status> {
        self.result.as_ref()
    }

    /// What the handler returned, to keep.
    ///
    /// # Errors
    /// That of the handler.
    pub fn into_result(self) -> Result<Res, Status> {
        self.result
    }

    /// Whether the error is not the operation's end, but another attempt follows: the handler has asked for one
    /// ([`retry_later`](crate::Context::retry_later)) or the operation's [`Retry`](crate::Retry) policy has its code, there
    /// is an attempt left, and the work was neither asked to stop nor lost.
    pub fn will_retry(&self) -> bool {
        self.will_retry
    }

    /// What the handler has given to [`Context::in_transaction`](crate::Context::in_transaction), if it has returned a
    /// response. Nothing has run it; the store that made it says how a test does.
    pub fn in_transaction(&self) -> Option<&InTransaction> {
        self.in_transaction.as_ref()
    }

    /// All progress that the handler has reported, in order: also what a server would never have stored, because
    /// newer progress came soon after.
    pub fn progress(&self) -> Vec<Meta> {
        let method = self.attempt.method();
        self.record.progress.iter().map(|progress| metadata(&method, progress)).collect()
    }

    /// All checkpoints that the handler has made, in order.
    ///
    /// # Panics
    /// When one is of another type.
    pub fn checkpoints<T: Message + Name + Default>(&self) -> Vec<T> {
        self.record.checkpoints.iter().map(checkpoint).collect()
    }

    /// The attempt after this one, at the same operation, with the last checkpoint and the last progress: what an engine
    /// begins when the handler has asked to be tried again, or when this attempt was lost.
    ///
    /// Running it panics when the operation has no attempt left.
    pub fn next_attempt(&self) -> Attempt<Req, Res, Meta> {
        let Record { progress, checkpoints } = &self.record;
        self.attempt.next(progress.last().cloned(), checkpoints.last().cloned())
    }
}

impl<Req, Res: fmt::Debug, Meta> fmt::Debug for EndedAttempt<Req, Res, Meta> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndedAttempt")
            .field("attempt", &self.attempt)
            .field("result", &self.result)
            .field("will_retry", &self.will_retry)
            .finish_non_exhaustive()
    }
}

/// Progress as the handler has reported it.
pub(super) fn metadata<Req, Res, Meta: Message + Default>(
    method: &Method<Req, Res, Meta>,
    progress: &Payload,
) -> Meta {
    let metadata = convert::unpack(method.metadata_type(), progress);
    metadata.expect("the context has packed it as this type")
}

/// A checkpoint with its type.
pub(super) fn checkpoint<T: Message + Name + Default>(checkpoint: &Payload) -> T {
    convert::unpack(&T::full_name(), checkpoint).unwrap_or_else(|error| panic!("a checkpoint: {error}"))
}
