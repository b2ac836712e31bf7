//! Rows of the caller in the store's transactions.

use lro_sqlite::SqliteStore;
use lro_sqlite::rusqlite::{self, Connection};
use lro_store::{Creation, Finish, InTransaction, NewOperation, Report, Store, StoreExt, WriteResult};

use crate::support::{Place, exists, name, operation, payload, response, running};

async fn library() -> (Place, SqliteStore, Connection) {
    let place = Place::new();
    let store = place.open().await;
    let books = place.connect();
    books.execute_batch("CREATE TABLE book (title TEXT NOT NULL UNIQUE) STRICT").unwrap();
    (place, store, books)
}

fn add(title: &'static str) -> InTransaction {
    lro_sqlite::in_transaction(move |transaction| {
        transaction.execute("INSERT INTO book VALUES (?1)", [title]).map(drop)
    })
}

fn count(books: &Connection) -> i64 {
    books.query_row("SELECT count(*) FROM book", [], |row| row.get(0)).unwrap()
}

fn with(id: &str, writes: InTransaction) -> NewOperation {
    operation(id).with_transaction(writes)
}

#[tokio::test]
async fn an_operation_and_rows_of_the_caller_appear_together() {
    let (_place, store, books) = library().await;
    assert!(store.create_one(with("a", add("Emma"))).await.unwrap().created().is_some());
    assert_eq!(count(&books), 1);
    let seen = lro_sqlite::in_transaction(|transaction| {
        let sql = "SELECT count(*) FROM lro_operation WHERE name = 'operations/b'";
        let count: i64 = transaction.query_row(sql, [], |row| row.get(0))?;
        if count == 1 { Ok(()) } else { Err(rusqlite::Error::QueryReturnedNoRows) }
    });
    assert!(store.create_one(with("b", seen)).await.unwrap().created().is_some(), "it sees the operation");
}

#[tokio::test]
async fn what_the_caller_may_not_write_undoes_the_item_alone() {
    let (_place, store, books) = library().await;
    store.create_one(with("a", add("Emma"))).await.unwrap();
    let batch = vec![with("b", add("Persuasion")), with("c", add("Emma")), operation("d")];
    let answers = store.create(batch).await.unwrap();
    assert!(matches!(answers[0], Creation::Created(_)));
    let Creation::Refused(refusal) = &answers[1] else { panic!("{answers:?}") };
    assert!(refusal.to_string().contains("UNIQUE"), "{refusal}");
    assert!(refusal.error().downcast_ref::<rusqlite::Error>().is_some(), "it is the error of the closure");
    assert!(matches!(answers[2], Creation::Created(_)));
    assert_eq!(count(&books), 2);
    assert!(!exists(&store, "c").await);
}

#[tokio::test]
async fn nothing_is_written_along_for_what_does_not_apply() {
    let (_place, store, books) = library().await;
    let fence = running(&store, "a").await;
    assert_eq!(store.create_one(with("a", add("1"))).await.unwrap(), Creation::NameTaken);
    store.finish_one(fence.clone(), response()).await.unwrap();
    let late = Finish::new(fence.clone(), response()).in_transaction(Some(add("2")));
    assert_eq!(store.finish(vec![late]).await.unwrap(), [WriteResult::Done]);
    store.delete_one(&name("a")).await.unwrap();
    let report = Report::new(fence).in_transaction(Some(add("3")));
    assert_eq!(store.report_one(report).await.unwrap(), WriteResult::Deleted);
    assert_eq!(count(&books), 0);
}

#[tokio::test]
async fn reports_and_ends_bring_rows_along_or_change_nothing() {
    let (_place, store, books) = library().await;
    let fence = running(&store, "a").await;
    let report = |title| {
        Report::new(fence.clone())
            .checkpoint(payload(1))
            .metadata(payload(2))
            .in_transaction(Some(add(title)))
    };
    assert!(store.report_one(report("Emma")).await.unwrap().is_applied());
    let before = store.get_one(&name("a")).await.unwrap();
    assert!(matches!(store.report_one(report("Emma")).await.unwrap(), WriteResult::Refused(_)));
    let finish = |title| Finish::new(fence.clone(), response()).in_transaction(Some(add(title)));
    assert!(matches!(store.finish(vec![finish("Emma")]).await.unwrap()[..], [WriteResult::Refused(_)]));
    assert_eq!(store.get_one(&name("a")).await.unwrap(), before, "the attempt still has the operation");
    assert!(store.finish(vec![finish("Persuasion")]).await.unwrap()[0].is_applied());
    assert_eq!(count(&books), 2);
}

#[tokio::test]
async fn a_closure_that_ends_the_transaction_is_an_error_and_nothing_is_kept() {
    let (_place, store, books) = library().await;
    for (number, end) in ["ROLLBACK", "COMMIT", "COMMIT; BEGIN", "ROLLBACK; BEGIN"].into_iter().enumerate() {
        let ends = lro_sqlite::in_transaction(move |transaction| {
            // What comes of it is not looked at, as careless code does.
            let _ = transaction.execute_batch(end);
            Ok::<_, rusqlite::Error>(())
        });
        let neighbour = format!("n{number}");
        let (bad, good) = tokio::join!(
            store.create_one(with("a", ends)),
            store.create_one(with(&neighbour, lro_sqlite::in_transaction(|_| Ok::<_, rusqlite::Error>(()))))
        );
        let error = bad.unwrap_err();
        assert!(error.is_internal(), "{end}: {error:?}");
        assert!(!exists(&store, "a").await, "{end}");
        assert!(good.unwrap().created().is_some(), "{end}: the neighbour was committed by another's closure");
    }
    store.create_one(with("b", add("Emma"))).await.unwrap().created().expect("the store goes on");
    assert_eq!(count(&books), 1);
}

#[tokio::test]
async fn a_panic_in_a_closure_is_an_error_of_its_call_alone() {
    let (_place, store, books) = library().await;
    let panics = lro_sqlite::in_transaction(|transaction| -> rusqlite::Result<()> {
        transaction.execute("INSERT INTO book VALUES ('Emma')", [])?;
        panic!("a bug")
    });
    let (bad, good) =
        tokio::join!(store.create_one(with("a", panics)), store.create_one(with("b", add("Persuasion"))));
    assert!(bad.unwrap_err().is_internal());
    assert!(good.unwrap().created().is_some());
    assert!(!exists(&store, "a").await);
    assert_eq!(count(&books), 1);
}

#[tokio::test]
async fn a_failure_of_the_database_in_a_closure_is_one_of_the_store() {
    let (_place, store, _books) = library().await;
    let busy = lro_sqlite::in_transaction(|_| {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        let busy = rusqlite::Error::SqliteFailure(busy, None);
        Err(rusqlite::Error::ToSqlConversionFailure(Box::new(busy)))
    });
    assert!(store.create_one(with("a", busy)).await.unwrap_err().is_unavailable());
    assert!(!exists(&store, "a").await);
}
