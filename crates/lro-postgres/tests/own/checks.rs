//! The tables refuse rows that no operation can have.

use lro_store::StoreExt;

use crate::support::{begin, client, operation, response, store};

#[tokio::test]
async fn the_tables_refuse_what_no_operation_can_be() {
    let Some((store, schema)) = store().await else { return };
    store.create_one(operation("queued")).await.unwrap();
    begin(&store, "running").await;
    let ended = begin(&store, "ended").await;
    store.finish_one(ended, response()).await.unwrap();
    let client = client(schema.url()).await;
    client.batch_execute(&format!("SET search_path = {}", schema.name())).await.unwrap();
    let illegal = [
        ("operation", "max_attempts = 0"),
        ("operation", "max_attempts = 4294967296"),
        ("operation", "retention = -1"),
        ("operation", "deadline = create_time - 1"),
        ("operation", "name = ''"),
        ("operation", "request_id = ''"),
        ("operation", "exclusive_key = ''"),
        ("operation", "labels = '[]'"),
        ("unfinished", "state = 2"),
        ("unfinished", "update_time = create_time - 1"),
        ("unfinished", "attempt = -1, unbegun = -1"),
        ("unfinished", "attempt = 4294967296"),
        ("unfinished", "unbegun = attempt + 1"),
        ("unfinished", "ready = false"),
        ("unfinished", "metadata = ''"),
        ("unfinished", "checkpoint_type = ''"),
        ("unfinished WHERE state = 0", "worker = 'w'"),
        ("unfinished WHERE state = 0", "delegate = 'd'"),
        ("unfinished WHERE state = 0", "stop = 'cancelled'"),
        ("unfinished WHERE state = 1", "worker = NULL"),
        ("unfinished WHERE state = 1", "delegate = 'd'"),
        ("unfinished WHERE state = 1", "attempt = unbegun"),
        ("unfinished WHERE state = 1", "not_before = 0"),
        ("unfinished WHERE state = 1", "stop = 'no reason'"),
        ("unfinished WHERE state = 1", "worker = NULL, delegate = 'd', attempt = 2"),
        ("unfinished WHERE state = 1", "worker = NULL, delegate = 'd', stop = 'cancelled'"),
        ("finished", "response = NULL, response_type = NULL"),
        ("finished", "error_code = 1, error_message = ''"),
        ("finished", "response = NULL, response_type = NULL, error_code = 0, error_message = ''"),
        ("finished", "response = NULL, response_type = NULL, error_code = 1"),
        ("finished", "response_type = NULL"),
        ("finished", "error_details = ''"),
        ("finished", "metadata = ''"),
        ("finished", "unbegun = attempt + 1"),
        ("finished", "expire_time = update_time - 1"),
        ("worker", "lease = -1"),
    ];
    for (table, change) in illegal {
        let (table, condition) = table.split_once(" WHERE ").unwrap_or((table, "true"));
        let sql = format!("UPDATE {table} SET {change} WHERE {condition}");
        let error = client.execute(&sql, &[]).await.expect_err(&sql);
        let code = error.code().map(|code| code.code().to_owned());
        assert_eq!(code.as_deref(), Some("23514"), "{sql}: {error:?}");
    }
}

#[tokio::test]
async fn of_one_key_the_database_lets_one_run() {
    let Some((store, schema)) = store().await else { return };
    begin(&store, "a").await;
    begin(&store, "b").await;
    let client = client(schema.url()).await;
    let sql = format!("UPDATE {}.unfinished SET exclusive_key = 'k'", schema.name());
    let error = client.execute(&sql, &[]).await.unwrap_err();
    assert_eq!(error.code().map(tokio_postgres::error::SqlState::code), Some("23505"), "{error:?}");
}

#[tokio::test]
async fn an_operation_that_lost_a_row_is_damage_and_says_which() {
    let Some((store, schema)) = store().await else { return };
    store.create_one(operation("a")).await.unwrap();
    let client = client(schema.url()).await;
    client.batch_execute(&format!("DELETE FROM {}.unfinished", schema.name())).await.unwrap();
    let error = store.get_one(&crate::support::name("a")).await.unwrap_err();
    assert!(error.is_internal(), "{error:?}");
    assert!(crate::support::text(&error).contains("operations/a"), "{error:?}");
}
