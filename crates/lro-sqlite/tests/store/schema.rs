//! The version of the tables, and what else is in the file.

use std::time::Duration;

use lro_sqlite::SqliteStore;
use lro_store::StoreExt;
use rusqlite::TransactionBehavior;

use crate::support::{Place, exists, operation, text};

#[tokio::test]
async fn tables_that_are_newer_than_the_program_are_refused_and_stay_as_they_are() {
    let place = Place::new();
    drop(place.open().await);
    place.connect().execute("INSERT INTO lro_schema (version) VALUES (99)", []).unwrap();
    let error = SqliteStore::open(place.path()).await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("version 99"), "{}", text(&error));
    let newest: i64 =
        place.connect().query_row("SELECT max(version) FROM lro_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(newest, 99);
}

#[tokio::test]
async fn tables_and_numbers_of_the_application_stay_as_they_are() {
    let place = Place::new();
    let application = place.connect();
    application
        .execute_batch(
            "PRAGMA user_version = 7; PRAGMA application_id = 8; CREATE TABLE book (title TEXT) STRICT; \
             INSERT INTO book VALUES ('Emma');",
        )
        .unwrap();
    let store = place.open().await;
    store.create_one(operation("a")).await.unwrap();
    drop(store);
    assert!(exists(&place.open().await, "a").await);
    let number = |sql: &str| -> i64 { application.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(number("PRAGMA user_version"), 7);
    assert_eq!(number("PRAGMA application_id"), 8);
    assert_eq!(number("SELECT count(*) FROM book"), 1);
    let strangers = "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'lro\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite_%'";
    assert_eq!(number(strangers), 1, "all tables and indexes of the store have its prefix");
}

#[tokio::test]
async fn a_file_that_several_open_at_once_is_made_once() {
    let place = Place::new();
    let opened: Vec<_> = (0..8).map(|_| tokio::spawn(SqliteStore::open(place.path()))).collect();
    let mut stores = Vec::new();
    for open in opened {
        stores.push(open.await.unwrap().unwrap());
    }
    stores[0].create_one(operation("a")).await.unwrap();
    for store in &stores {
        assert!(exists(store, "a").await);
    }
}

#[tokio::test]
async fn a_file_that_another_one_writes_is_waited_for_before_its_journal_changes() {
    let place = Place::new();
    let mut application = place.connect();
    application.execute_batch("CREATE TABLE book (title TEXT) STRICT").unwrap();
    let writing = application.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();

    let brief = SqliteStore::builder(place.path()).busy_timeout(Duration::from_millis(20));
    let error = brief.open().await.unwrap_err();
    assert!(error.is_unavailable() && text(&error).contains("busy timeout"), "{}", text(&error));

    let open = tokio::spawn(SqliteStore::open(place.path()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!open.is_finished(), "it waits for the writer");
    writing.rollback().unwrap();
    let store = open.await.unwrap().unwrap();
    store.create_one(operation("a")).await.unwrap().created().unwrap();
}

#[tokio::test]
async fn a_table_of_another_owner_with_our_name_is_an_error_and_is_left_alone() {
    let place = Place::new();
    place.connect().execute_batch("CREATE TABLE lro_operation (mine TEXT)").unwrap();
    let error = SqliteStore::open(place.path()).await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("lro_operation"), "{}", text(&error));
    let tables: i64 = place
        .connect()
        .query_row("SELECT count(*) FROM sqlite_master WHERE type = 'table'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1, "the migration is whole or absent");
}
