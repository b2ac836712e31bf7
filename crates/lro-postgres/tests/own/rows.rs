//! Rows of callers, in the transaction of an operation.

use lro_postgres::in_transaction;
use lro_store::{Change, Creation, Finish, InTransaction, Report, Store, StoreExt, WriteResult};
use tokio_postgres::Client;

use crate::support::{begin, claimed, client, name, operation, response, store};

/// Writes a book, and then fails if it is told to.
fn book(schema: &str, title: &'static str, then: Option<&'static str>) -> InTransaction {
    let sql = format!("INSERT INTO {schema}.book VALUES ($1)");
    in_transaction(move |transaction| {
        let sql = sql.clone();
        Box::pin(async move {
            transaction.execute(&sql, &[&title]).await?;
            then.map_or(Ok(()), |error| Err(error.into()))
        })
    })
}

async fn books(client: &Client, schema: &str) -> Vec<String> {
    let rows = client.query(&format!("SELECT title FROM {schema}.book ORDER BY title"), &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn library(url: &str, schema: &str) -> Client {
    let client = client(url).await;
    client.batch_execute(&format!("CREATE TABLE {schema}.book (title text PRIMARY KEY)")).await.unwrap();
    client
}

#[tokio::test]
async fn an_operation_and_the_rows_of_its_caller_appear_together_or_not_at_all() {
    let Some((store, schema)) = store().await else { return };
    let client = library(schema.url(), schema.name()).await;
    let with = |id: &str, title, then| operation(id).with_transaction(book(schema.name(), title, then));
    let batch = vec![
        with("a", "A", None),
        operation("b"),
        with("c", "C", Some("out of paper")),
        with("d", "A", None),
    ];
    let answers = store.create(batch).await.unwrap();
    assert!(matches!(&answers[0], Creation::Created(_)) && matches!(&answers[1], Creation::Created(_)));
    assert!(
        matches!(&answers[2], Creation::Refused(why) if why.to_string() == "out of paper"),
        "{:?}",
        answers[2]
    );
    assert!(matches!(&answers[3], Creation::Refused(_)), "the book is there: {:?}", answers[3]);
    assert_eq!(books(&client, schema.name()).await, ["A"]);
    for (id, is_there) in [("a", true), ("b", true), ("c", false), ("d", false)] {
        assert_eq!(store.get_one(&name(id)).await.unwrap().is_some(), is_there, "{id}");
    }
    let taken = store.create_one(with("a", "B", None)).await.unwrap();
    assert_eq!(taken, Creation::NameTaken, "what does not apply writes nothing along");
    assert_eq!(books(&client, schema.name()).await, ["A"]);
}

#[tokio::test]
async fn an_outcome_a_report_and_their_rows_are_kept_together_or_not_at_all() {
    let Some((store, schema)) = store().await else { return };
    let client = library(schema.url(), schema.name()).await;
    let fence = begin(&store, "a").await;
    let report =
        |title, then| Report::new(fence.clone()).in_transaction(Some(book(schema.name(), title, then)));
    assert!(store.report_one(report("page 1", None)).await.unwrap().is_applied());
    assert!(matches!(store.report_one(report("page 2", Some("no"))).await.unwrap(), WriteResult::Refused(_)));
    let finish = |title, then| {
        vec![Finish::new(fence.clone(), response()).in_transaction(Some(book(schema.name(), title, then)))]
    };
    let refused = store.finish(finish("the end", Some("no"))).await.unwrap();
    assert!(matches!(&refused[..], [WriteResult::Refused(_)]));
    assert!(!store.get_one(&name("a")).await.unwrap().unwrap().is_done(), "the attempt still has it");
    assert!(store.finish(finish("the end", None)).await.unwrap()[0].is_applied());
    assert_eq!(store.finish(finish("again", None)).await.unwrap(), [WriteResult::Done]);
    assert_eq!(books(&client, schema.name()).await, ["page 1", "the end"]);
}

#[tokio::test]
async fn a_failure_that_the_caller_keeps_to_itself_is_a_refusal() {
    let Some((store, _)) = store().await else { return };
    let quiet = in_transaction(|transaction| {
        Box::pin(async move {
            let _ = transaction.batch_execute("SELECT 1 / 0").await;
            Ok(())
        })
    });
    let answer = store.create_one(operation("a").with_transaction(quiet)).await.unwrap();
    assert!(matches!(answer, Creation::Refused(_)), "{answer:?}");
    assert_eq!(store.get_one(&name("a")).await.unwrap(), None);
}

#[tokio::test]
async fn what_the_database_may_overcome_is_tried_again_and_is_no_refusal() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let Some((store, schema)) = store().await else { return };
    let client = library(schema.url(), schema.name()).await;
    let (runs, sql) =
        (Arc::new(AtomicUsize::new(0)), format!("INSERT INTO {}.book VALUES ('A')", schema.name()));
    let counted = Arc::clone(&runs);
    let conflict = "DO $$ BEGIN RAISE EXCEPTION 'a conflict' USING ERRCODE = '40001'; END $$";
    let writes = in_transaction(move |transaction| {
        let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        let sql = sql.clone();
        Box::pin(async move {
            transaction.batch_execute(&sql).await?;
            transaction.batch_execute(if is_first { conflict } else { "SELECT 1" }).await?;
            Ok(())
        })
    });
    assert!(store.create_one(operation("a").with_transaction(writes)).await.unwrap().created().is_some());
    assert_eq!((runs.load(Ordering::SeqCst), books(&client, schema.name()).await), (2, vec!["A".to_owned()]));
}

#[tokio::test]
async fn in_a_transaction_of_the_caller_nothing_is_seen_before_its_commit() {
    let Some((store, schema)) = store().await else { return };
    let mut own = library(schema.url(), schema.name()).await;
    let mut changes = store.changes();
    begin(&store, "other").await;
    let transaction = own.transaction().await.unwrap();
    let sql = format!("INSERT INTO {}.book VALUES ('A')", schema.name());
    transaction.batch_execute(&sql).await.unwrap();
    let created = store.create_in(&transaction, claimed("a")).await.unwrap();
    assert!(matches!(created.answer(), Creation::Created(_)));
    assert_eq!(store.get_one(&name("a")).await.unwrap(), None);
    transaction.commit().await.unwrap();
    let fence = created.committed().created().unwrap().fence().unwrap();

    let transaction = own.transaction().await.unwrap();
    let ended = store.finish_in(&transaction, Finish::new(fence.clone(), response())).await.unwrap();
    assert!(ended.answer().is_applied());
    transaction.rollback().await.unwrap();
    drop(ended);
    assert!(!store.get_one(&name("a")).await.unwrap().unwrap().is_done());
    let transaction = own.transaction().await.unwrap();
    let ended = store.finish_in(&transaction, Finish::new(fence, response())).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(ended.committed().is_applied());
    while changes.recv().await != Some(Change::Done(name("a"))) {}
    assert!(store.get_one(&name("a")).await.unwrap().unwrap().is_done());
}
