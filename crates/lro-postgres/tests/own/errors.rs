//! What goes wrong says what to do.

use std::time::Duration;

use lro_postgres::PostgresStore;
use lro_store::StoreExt;

use crate::support::{client, open, operation, store, text};

async fn refusal(url: &str, schema: &str) -> lro_store::Error {
    PostgresStore::builder(url).schema(schema).migrate_on_connect(false).connect().await.unwrap_err()
}

#[tokio::test]
async fn a_server_that_is_not_there_can_come_back_and_a_wrong_url_cannot() {
    let builder =
        PostgresStore::builder("postgres://nobody@127.0.0.1:1/none").timeout(Duration::from_secs(5));
    let error = builder.connect().await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    let error = PostgresStore::connect("nonsense://").await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("URL"), "{error:?}");
    let error = PostgresStore::builder("postgres://a@b/c").schema("").connect().await.unwrap_err();
    assert!(text(&error).contains("a schema has a name"), "{error:?}");
}

#[tokio::test]
async fn a_wrong_user_or_database_is_said() {
    let Some(server) = test_postgres::shared() else { return };
    let url = server.url("there_is_no_such_database");
    let error = PostgresStore::connect(url).await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("there_is_no_such_database"), "{error:?}");
}

#[tokio::test]
async fn a_schema_that_is_missing_or_newer_is_refused() {
    let Some((store, schema)) = store().await else { return };
    drop(store);
    let error = refusal(schema.url(), "not_there").await;
    assert!(error.is_internal() && text(&error).contains("migrate"), "{error:?}");
    let client = client(schema.url()).await;
    let sql = format!("UPDATE {}.schema_version SET version = 1000", schema.name());
    client.batch_execute(&sql).await.unwrap();
    let builder = PostgresStore::builder(schema.url()).schema(schema.name());
    let errors = [
        refusal(schema.url(), schema.name()).await,
        builder.connect().await.unwrap_err(),
        PostgresStore::builder(schema.url()).schema(schema.name()).migrate().await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_internal() && text(&error).contains("use a newer program"), "{error:?}");
    }
}

#[tokio::test]
async fn who_may_not_write_is_told_so_and_one_who_may_only_use_the_tables_can() {
    let Some((store, schema)) = store().await else { return };
    let (name, user) = (schema.name(), format!("user_{}", schema.name()));
    let admin = client(schema.url()).await;
    admin
        .batch_execute(&format!("CREATE ROLE {user} LOGIN; GRANT USAGE ON SCHEMA {name} TO {user}"))
        .await
        .unwrap();
    let url = schema.url().replacen("postgres@", &format!("{user}@"), 1);
    let error = PostgresStore::builder(&url).schema(name).connect().await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("grant"), "{}", text(&error));
    let grant = format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {name} TO {user};
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA {name} TO {user}"
    );
    admin.batch_execute(&grant).await.unwrap();
    let other = PostgresStore::builder(&url).schema(name).connect().await.unwrap();
    other.create_one(operation("a")).await.unwrap().created().unwrap();
    assert!(store.get_one(&crate::support::name("a")).await.unwrap().is_some());
    drop((store, other));
    admin.batch_execute(&format!("DROP OWNED BY {user}; DROP ROLE {user}")).await.unwrap();
}

#[tokio::test]
async fn the_sql_can_be_run_by_hand_and_many_can_migrate_at_once() {
    let Some(server) = test_postgres::shared() else { return };
    let by_hand = server.schema();
    client(by_hand.url()).await.batch_execute(&PostgresStore::schema_sql(by_hand.name())).await.unwrap();
    let builder = PostgresStore::builder(by_hand.url()).schema(by_hand.name()).migrate_on_connect(false);
    builder.connect().await.unwrap().create_one(operation("a")).await.unwrap();

    let fresh = server.schema();
    let opens = (0..6).map(|_| {
        let fresh = fresh.clone();
        tokio::spawn(async move { open(&fresh).await.create_one(operation("a")).await.unwrap().created() })
    });
    let mut created = 0;
    for open in opens.collect::<Vec<_>>() {
        created += usize::from(open.await.unwrap().is_some());
    }
    assert_eq!(created, 1);
}
