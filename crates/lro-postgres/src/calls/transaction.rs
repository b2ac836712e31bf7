//! Rows of a caller, in the transaction of an operation.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use lro_store::{Creation, Error, Finish, InTransaction, NewOperation, Refusal, Report, WriteResult};
use tokio_postgres::{IsolationLevel, Transaction};

use crate::Mode;
use crate::call::{Call, Shared, attempt};
use crate::calls::create::{create_one, locks_of};
use crate::calls::write::{finish_one, report_one};
use crate::connections::connection::{Connection, Executor};
use crate::error::{Failure, is_of_database};
use crate::row::change::Effects;

type BoxError = Box<dyn StdError + Send + Sync>;

/// What a closure has written, or why not.
type Written<'a> = BoxFuture<'a, Result<(), BoxError>>;

/// What a caller writes. In a box of its own type, by which the store knows it.
struct Writes(Box<dyn for<'a> Fn(&'a Transaction<'a>) -> Written<'a> + Send + Sync>);

/// Writes rows of the caller in the transaction that creates, finishes or reports of an operation: all of it is there,
/// or nothing.
///
/// The closure runs once the operation is known to be written, and maybe again where the database asks for it, with
/// the effects of the earlier run rolled back. Its error keeps the operation from being written and is the answer to
/// the call ([`Creation::Refused`], [`WriteResult::Refused`]), unless it is a [`tokio_postgres::Error`] that another try
/// may overcome. It must not end the transaction. Behind a pooler, see [`Mode::Pooled`] for what it may send.
///
/// ```
/// # use lro_store::{NewOperation, OperationName, Parent, Payload};
/// # let new = NewOperation::new(OperationName::random(&Parent::default()), "/m", Payload::new("", ""));
/// let book = "The Trial";
/// let new = new.with_transaction(lro_postgres::in_transaction(move |transaction| {
///     Box::pin(async move {
///         transaction.execute("INSERT INTO book (title) VALUES ($1)", &[&book]).await?;
///         Ok(())
///     })
/// }));
/// # drop(new);
/// ```
pub fn in_transaction<F>(writes: F) -> InTransaction
where
    F: for<'a> Fn(&'a Transaction<'a>) -> BoxFuture<'a, Result<(), BoxError>> + Send + Sync + 'static,
{
    InTransaction::new(Writes(Box::new(writes)))
}

/// Whether it was made by [`in_transaction`].
pub(crate) fn is_known(writes: &InTransaction) -> bool {
    writes.downcast_ref::<Writes>().is_some()
}

/// One item, written with rows of the caller.
#[derive(Debug)]
pub(crate) enum WithRows {
    Create(Box<NewOperation>),
    Finish(Finish),
    Report(Report),
}

/// The answer to [`WithRows`].
#[derive(Debug)]
pub(crate) enum Answer {
    Creation(Creation),
    Write(WriteResult),
}

impl Call for Arc<WithRows> {
    type Answer = Answer;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Answer, Failure> {
        let level = match shared.mode {
            Mode::Portable => IsolationLevel::Serializable,
            Mode::Direct | Mode::Pooled => IsolationLevel::ReadCommitted,
        };
        let transaction = connection.client_mut().build_transaction().isolation_level(level).start().await?;
        let mut effects = Effects::default();
        let answer = self.write(shared, &transaction, &mut effects).await?;
        let applies = match &answer {
            Answer::Creation(creation) => matches!(creation, Creation::Created(_)),
            Answer::Write(result) => result.is_applied(),
        };
        if let Some(refusal) = if applies { self.write_rows(&transaction).await? } else { None } {
            transaction.rollback().await?;
            return Ok(match answer {
                Answer::Creation(_) => Answer::Creation(Creation::Refused(refusal)),
                Answer::Write(_) => Answer::Write(WriteResult::Refused(refusal)),
            });
        }
        transaction.commit().await?;
        effects.publish(shared, connection).await;
        Ok(answer)
    }
}

impl WithRows {
    async fn write(
        &self,
        shared: &Shared,
        transaction: &Transaction<'_>,
        effects: &mut Effects,
    ) -> Result<Answer, Failure> {
        let executor = Executor::Callers(transaction);
        Ok(match self {
            Self::Create(new) => {
                lock(shared, executor, new).await?;
                Answer::Creation(create_one(shared, executor, new, effects).await?)
            }
            Self::Finish(finish) => Answer::Write(finish_one(shared, executor, finish, effects).await?),
            Self::Report(report) => Answer::Write(report_one(shared, executor, report).await?),
        })
    }

    /// Runs the closure; why it refuses.
    async fn write_rows(&self, transaction: &Transaction<'_>) -> Result<Option<Refusal>, Failure> {
        let writes = match self {
            Self::Create(new) => new.in_transaction(),
            Self::Finish(finish) => finish.in_transaction.as_ref(),
            Self::Report(report) => report.in_transaction.as_ref(),
        };
        let Some(writes) = writes else { return Ok(None) };
        let Some(Writes(write)) = writes.downcast_ref() else { return Ok(Some(InTransaction::unknown())) };
        if let Err(error) = write(transaction).await {
            return match error.downcast::<tokio_postgres::Error>() {
                Ok(error) if is_of_database(&*error) => Err((*error).into()),
                Ok(error) => Ok(Some(Refusal::new(error))),
                Err(error) if is_of_database(&*error) => Err(Failure::Store(Error::unavailable(error))),
                Err(error) => Ok(Some(Refusal::new(error))),
            };
        }
        // A failure that the closure has kept to itself has spoilt the transaction all the same.
        match transaction.batch_execute("SAVEPOINT lro_sound").await {
            Ok(()) => Ok(None),
            Err(error)
                if error.code() == Some(&tokio_postgres::error::SqlState::IN_FAILED_SQL_TRANSACTION) =>
            {
                Ok(Some(Refusal::new("a statement of what was to be written along has failed")))
            }
            Err(error) => Err(error.into()),
        }
    }
}

async fn lock(shared: &Shared, executor: Executor<'_>, new: &NewOperation) -> Result<(), Failure> {
    if shared.mode == Mode::Portable {
        return Ok(());
    }
    let locks = locks_of(shared, [new]);
    executor
        .all(&[(&shared.queries.lock_shared, &[&locks.shared]), (&shared.queries.lock, &[&locks.alone])])
        .await?;
    Ok(())
}

/// What was written in the transaction of a caller, which is not committed yet.
///
/// The answer comes with [`committed`](Self::committed), which also tells waiters and workers. Drop this if the
/// transaction is rolled back.
#[must_use = "commit the transaction, and then call `committed`"]
pub struct Uncommitted<T> {
    answer: T,
    effects: Effects,
    shared: Arc<Shared>,
}

impl<T> Uncommitted<T> {
    /// What will be the answer if the transaction is committed; to decide whether it is to be.
    pub fn answer(&self) -> &T {
        &self.answer
    }

    /// Says that the transaction was committed: tells those who wait for the operation, or for work. The answer.
    ///
    /// Without this, they find out when they next look.
    pub fn committed(self) -> T {
        let Self { answer, effects, shared } = self;
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if effects.has_keys() => {
                // Who is next under a key has to be looked up. Nobody needs to wait for that.
                runtime.spawn(async move { attempt(&shared, &Publish(Mutex::new(Some(effects)))).await });
            }
            _ => effects.publish_known(&shared),
        }
        answer
    }
}

impl<T: fmt::Debug> fmt::Debug for Uncommitted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uncommitted").field("answer", &self.answer).finish_non_exhaustive()
    }
}

/// Tells of what was committed by a caller.
struct Publish(Mutex<Option<Effects>>);

impl Call for Publish {
    type Answer = ();
    const WRITES: bool = false;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<(), Failure> {
        let effects = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(effects) = effects {
            effects.publish(shared, connection).await;
        }
        Ok(())
    }
}

/// Creates an operation in the transaction of a caller.
pub(crate) async fn create_in(
    shared: &Arc<Shared>,
    transaction: &Transaction<'_>,
    new: &NewOperation,
) -> Result<Uncommitted<Creation>, Error> {
    let (executor, mut effects) = (Executor::Callers(transaction), Effects::default());
    lock(shared, executor, new).await?;
    let answer = create_one(shared, executor, new, &mut effects).await?;
    Ok(Uncommitted { answer, effects, shared: Arc::clone(shared) })
}

/// Ends running work in the transaction of a caller.
pub(crate) async fn finish_in(
    shared: &Arc<Shared>,
    transaction: &Transaction<'_>,
    finish: &Finish,
) -> Result<Uncommitted<WriteResult>, Error> {
    let (executor, mut effects) = (Executor::Callers(transaction), Effects::default());
    let answer = finish_one(shared, executor, finish, &mut effects).await?;
    Ok(Uncommitted { answer, effects, shared: Arc::clone(shared) })
}
