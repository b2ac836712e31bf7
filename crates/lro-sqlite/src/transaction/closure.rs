//! Rows of the caller in one transaction with operations.

use std::cell::Cell;
use std::error::Error as StdError;

use lro_store::{InTransaction, Refusal};
use rusqlite::{Connection, Transaction};

use super::step::Step;
use crate::error::{Failed, failure_of_the_database};

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

/// Rows of your own, for [`NewOperation::with_transaction`](lro_store::NewOperation::with_transaction),
/// [`Finish::in_transaction`](lro_store::Finish::in_transaction) and
/// [`Report::in_transaction`](lro_store::Report::in_transaction): they are written in the
/// transaction that creates, ends or reports on the operation, and both take effect or neither does. Your tables are
/// in the same file.
///
/// The closure runs on the thread that writes, once it is known that the item applies, and all other writes wait for
/// it: it should do nothing but write, and leave COMMIT and ROLLBACK to the store. It may run more than once, with the
/// effects of all runs but the last undone. If it returns an error or panics, the item is undone with it; the error comes
/// back as a [`Refusal`], unless it is or comes from a failure of the database itself, such as a full disk, which is an
/// error of the call.
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
