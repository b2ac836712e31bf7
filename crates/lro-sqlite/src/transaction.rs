//! Rows of the caller in one transaction with operations.

use std::cell::Cell;
use std::error::Error as StdError;
use std::fmt;

use lro_store::{
    Change, ChangeHub, Creation, Error, Finish, InTransaction, NewOperation, Refusal, WriteResult,
};
use rusqlite::{Connection, Transaction};

use crate::error::{Failed, failure_of_the_database};
use crate::step::Step;
use crate::{SqliteStore, create, write};

type BoxError = Box<dyn StdError + Send + Sync>;

/// What a caller writes in a transaction of the store.
pub(crate) struct Writes(Box<Closure>);

type Closure = dyn Fn(&Transaction<'_>) -> Result<(), BoxError> + Send + Sync;

thread_local! {
    /// Whether a closure of a caller is running.
    static IN_CLOSURE: Cell<bool> = const { Cell::new(false) };
}

/// Keeps closures from committing what others have in the same transaction: their COMMIT becomes a ROLLBACK.
pub(crate) fn guard(connection: &mut Connection) -> Result<(), Failed> {
    Ok(connection.commit_hook(Some(|| IN_CLOSURE.get()))?)
}

/// Runs a closure of a caller, and knows meanwhile that it does.
fn call(writes: &Writes, transaction: &Transaction<'_>) -> Result<(), BoxError> {
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            IN_CLOSURE.set(false);
        }
    }
    IN_CLOSURE.set(true);
    let _end = End;
    (writes.0)(transaction)
}

/// Runs what a caller writes; its error is a refusal, unless it is a failure of the database.
pub(crate) fn run(step: &Step<'_>, writes: &Writes) -> Result<Result<(), Refusal>, Failed> {
    let transaction = step.transaction();
    let ended = call(writes, transaction);
    if transaction.is_autocommit() {
        // Some failures end a transaction, too.
        let failed = ended.err().and_then(|error| failure_of_the_database(&*error));
        return Err(failed.unwrap_or_else(|| {
            Failed::internal(
                "a closure has ended the transaction that it was given; it must leave COMMIT and ROLLBACK to the store",
            )
        }));
    }
    match ended {
        Ok(()) => Ok(Ok(())),
        Err(error) => match failure_of_the_database(&*error) {
            Some(failed) => Err(failed),
            None => Ok(Err(Refusal::new(error))),
        },
    }
}

/// Rows of your own, for [`NewOperation::with_transaction`], [`Finish::in_transaction`] and
/// [`Report::in_transaction`](lro_store::Report::in_transaction): they are written in the
/// transaction that creates, ends or reports on the operation, and both take effect or neither does. Your tables are
/// in the same file.
///
/// The closure runs on the thread that writes, once it is known that the item applies, and all other writes wait for
/// it: it should do nothing but write, and leave COMMIT and ROLLBACK to the store. It may run more than once, with the effects of all runs but the last undone. If
/// it returns an error or panics, the item is undone with it; the error comes back as a
/// [`Refusal`], unless it is or comes from a failure of the database itself, such as a full disk,
/// which is an error of the call.
///
/// ```
/// use lro_sqlite::SqliteStore;
/// use lro_store::{NewOperation, OperationName, Parent, Payload, StoreExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("library.db");
/// let books = lro_sqlite::rusqlite::Connection::open(&path)?;
/// books.execute_batch("CREATE TABLE book (title TEXT NOT NULL) STRICT")?;
/// let store = SqliteStore::open(&path).await?;
///
/// let request = Payload::new("type.googleapis.com/example.ImportBooksRequest", "");
/// let import = NewOperation::new(OperationName::random(&Parent::default()), "/example.Library/ImportBooks", request)
///     .with_transaction(lro_sqlite::in_transaction(|transaction| {
///         transaction.execute("INSERT INTO book (title) VALUES (?1)", ["Emma"]).map(drop)
///     }));
/// store.create_one(import).await?.created().expect("it is new");
/// let count: i64 = books.query_row("SELECT count(*) FROM book", [], |row| row.get(0))?;
/// assert_eq!(count, 1);
/// # Ok(())
/// # }
/// ```
pub fn in_transaction<F, E>(writes: F) -> InTransaction
where
    F: Fn(&Transaction<'_>) -> Result<(), E> + Send + Sync + 'static,
    E: Into<BoxError>,
{
    InTransaction::new(Writes(Box::new(move |transaction| writes(transaction).map_err(Into::into))))
}

impl SqliteStore {
    /// Creates an operation in a transaction of yours, on a connection of yours to the same file; otherwise as
    /// [`Store::create`](lro_store::Store::create). It exists once you commit, and then [`Uncommitted::committed`] tells
    /// those who wait for such changes.
    ///
    /// This blocks, so call it where that is allowed, such as in `spawn_blocking`. Begin the transaction as
    /// `IMMEDIATE`; a deferred one fails when somebody else has written since it began. Keep it short: all others who write
    /// wait for its end.
    ///
    /// # Errors
    /// Those of [`Store::create`](lro_store::Store::create). Roll back then: a part of the operation may be in the
    /// transaction.
    pub fn create_in(
        &self,
        transaction: &Transaction<'_>,
        operation: &NewOperation,
    ) -> Result<Uncommitted<Creation>, Error> {
        self.step_in(transaction, |step| create::create_one(step, operation))
    }

    /// Ends running work in a transaction of yours; otherwise as [`Store::finish`](lro_store::Store::finish). All that
    /// [`create_in`](Self::create_in) says holds here too. Look at the [answer](Uncommitted::answer) before you commit: if it
    /// did not apply, another attempt has the operation, and what you have written with it should not count.
    ///
    /// # Errors
    /// Those of [`Store::finish`](lro_store::Store::finish). Roll back then.
    pub fn finish_in(
        &self,
        transaction: &Transaction<'_>,
        finish: &Finish,
    ) -> Result<Uncommitted<WriteResult>, Error> {
        self.step_in(transaction, |step| write::finish_one(step, finish))
    }

    fn step_in<T>(
        &self,
        transaction: &Transaction<'_>,
        act: impl FnOnce(&mut Step<'_>) -> Result<T, Failed>,
    ) -> Result<Uncommitted<T>, Error> {
        let mut step = Step::new(transaction, self.clock());
        let answer = act(&mut step)?;
        Ok(Uncommitted { answer, hints: step.into_hints(), hub: self.hub().clone() })
    }
}

/// What was written in a transaction of the caller, whose end the store does not see.
///
/// Call [`committed`](Self::committed) after the commit. If that is forgotten, or the process dies before, whoever waits
/// for these changes learns of them later, when the store notices that somebody else has committed something
/// ([`SqliteStoreBuilder::watch_interval`](crate::SqliteStoreBuilder::watch_interval)). If the transaction is rolled
/// back, just drop this.
#[must_use = "those who wait are told by `committed`, after the commit"]
pub struct Uncommitted<T> {
    answer: T,
    hints: Vec<Change>,
    hub: ChangeHub,
}

impl<T> Uncommitted<T> {
    /// The answer of the store, which comes true with the commit.
    pub fn answer(&self) -> &T {
        &self.answer
    }

    /// The transaction is committed: tells those who wait, and gives the answer.
    pub fn committed(self) -> T {
        for hint in &self.hints {
            self.hub.publish(hint);
        }
        self.answer
    }
}

impl<T: fmt::Debug> fmt::Debug for Uncommitted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uncommitted").field("answer", &self.answer).finish_non_exhaustive()
    }
}
