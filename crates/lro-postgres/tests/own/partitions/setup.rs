//! What must be there for partitions, and how the tables come to be.

use std::time::Duration;

use lro_postgres::{Mode, PostgresStore};
use lro_store::{ManualClock, Store, StoreExt};

use super::{SPAN, World, done, open};
use crate::support::{client, name, operation, store, text};

#[tokio::test]
async fn tables_of_the_other_form_are_refused_with_what_to_do() {
    let Some((plain, schema)) = store().await else { return };
    drop(plain);
    let builder = || PostgresStore::builder(schema.url()).schema(schema.name()).partition(SPAN);
    for error in [builder().connect().await.unwrap_err(), builder().migrate().await.unwrap_err()] {
        assert!(error.is_internal() && text(&error).contains("are not in partitions"), "{error:?}");
        assert!(text(&error).contains("move them"), "{error:?}");
    }
    let Some(world) = World::new().await else { return };
    let builder = || PostgresStore::builder(world.schema.url()).schema(world.schema.name());
    for error in [
        builder().connect().await.unwrap_err(),
        builder().migrate().await.unwrap_err(),
        builder().migrate_on_connect(false).connect().await.unwrap_err(),
    ] {
        assert!(error.is_internal() && text(&error).contains("are in partitions"), "{error:?}");
        assert!(text(&error).contains("`partition`"), "{error:?}");
    }
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let builder = || PostgresStore::builder("postgres://nobody@127.0.0.1:1/none");
    let error = builder().partition(Duration::from_secs(59)).connect().await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("a minute"), "{error:?}");
    let error = builder().mode(Mode::Portable).partition(SPAN).connect().await.unwrap_err();
    assert!(error.is_internal() && text(&error).contains("leave `partition` out"), "{error:?}");
}

#[tokio::test]
async fn who_may_not_change_tables_works_on_and_says_who_must() {
    let Some(world) = World::new().await else { return };
    let (schema, user) = (world.schema.name(), format!("user_{}", world.schema.name()));
    let grant = format!(
        "CREATE ROLE {user} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {user};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {user};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {user}"
    );
    world.other.batch_execute(&grant).await.unwrap();
    let url = world.schema.url().replacen("postgres@", &format!("{user}@"), 1);
    let builder = PostgresStore::builder(&url).schema(schema).partition(SPAN).clock(world.clock.clone());
    let store = builder.connect().await.unwrap();
    store.create(vec![done("brief", 0), done("long", 9)]).await.unwrap();
    world.clock.advance(SPAN);
    assert_eq!(store.purge(9).await.unwrap(), 1, "what has expired is removed all the same");
    let error = store.purge(9).await.unwrap_err();
    assert!(error.is_internal(), "{error:?}");
    for advice in ["the user may not", "owns the tables", schema] {
        assert!(text(&error).contains(advice), "{}", text(&error));
    }
    store.create_one(operation("more")).await.unwrap().created().unwrap();

    // One that may does it for all, and what it makes belongs to the same owner.
    world.store.purge(9).await.unwrap();
    assert_eq!(world.partitions().await, [0, 1, 2]);
    store.create_one(done("in-the-next", 9)).await.unwrap().created().unwrap();
    assert!(store.get_one(&name("in-the-next")).await.unwrap().is_some());
    assert_eq!(store.purge(9).await.unwrap(), 0, "nothing is due");
    drop(store);
    world.other.batch_execute(&format!("DROP OWNED BY {user}; DROP ROLE {user}")).await.unwrap();
}

#[tokio::test]
async fn a_member_of_the_owner_makes_partitions_that_belong_to_the_owner() {
    let Some(server) = test_postgres::shared() else { return };
    let (schema, clock) = (server.schema(), ManualClock::default());
    let [owner, member] = ["owner", "member"].map(|role| format!("{role}_{}", schema.name()));
    let admin = client(schema.url()).await;
    let roles = format!(
        "CREATE ROLE {owner} LOGIN; CREATE ROLE {member} LOGIN IN ROLE {owner};
        CREATE SCHEMA IF NOT EXISTS {0}; GRANT USAGE, CREATE ON SCHEMA {0} TO {owner}",
        schema.name()
    );
    admin.batch_execute(&roles).await.unwrap();
    let connect = async |user: &str| {
        let url = schema.url().replacen("postgres@", &format!("{user}@"), 1);
        let builder = PostgresStore::builder(url).schema(schema.name()).partition(SPAN);
        builder.clock(clock.clone()).connect().await.unwrap()
    };
    let stores = [connect(&owner).await, connect(&member).await];
    stores[1].purge(1).await.unwrap();
    for round in 0..3 {
        for (number, store) in stores.iter().enumerate() {
            store.create_one(done(&format!("{round}-{number}"), 1)).await.unwrap();
            clock.advance(SPAN);
            store.purge(9).await.unwrap();
        }
    }
    let owners = "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = $1";
    let rows = admin.query(owners, &[&schema.name()]).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(),
        std::slice::from_ref(&owner)
    );
    drop(stores);
    let end = format!("DROP OWNED BY {owner}, {member}; DROP ROLE {owner}, {member}");
    admin.batch_execute(&end).await.unwrap();
}

#[tokio::test]
async fn the_sql_can_be_run_by_hand_and_turns_tables_that_are_there_into_a_partition() {
    let Some(server) = test_postgres::shared() else { return };
    let (by_hand, clock) = (server.schema(), ManualClock::default());
    let sql = PostgresStore::partitioned_schema_sql(by_hand.name());
    client(by_hand.url()).await.batch_execute(&sql).await.unwrap();
    open(&by_hand, Mode::Direct, &clock).await.create_one(operation("a")).await.unwrap();

    let Some((plain, schema)) = store().await else { return };
    plain.create(vec![operation("waits"), done("done", 1_000)]).await.unwrap();
    drop(plain);
    let sql = PostgresStore::partitioned_schema_sql(schema.name());
    let (_, rest) = sql.split_once("-- partitions\n").unwrap();
    client(schema.url()).await.batch_execute(&format!("BEGIN; {rest}")).await.unwrap();
    let builder = PostgresStore::builder(schema.url()).schema(schema.name()).partition(SPAN);
    let moved = builder.connect().await.unwrap();
    assert!(moved.get_one(&name("done")).await.unwrap().unwrap().is_done());
    assert!(moved.request_cancel_one(&name("waits")).await.unwrap());
    assert!(moved.create_one(operation("new")).await.unwrap().created().is_some());
    assert!(moved.create_one(operation("done")).await.unwrap().created().is_none(), "its name is taken");
}

#[tokio::test]
async fn a_later_version_changes_all_partitions_and_those_that_are_yet_to_come() {
    let Some(world) = World::new().await else { return };
    world.store.create_one(done("before", 9)).await.unwrap();
    let step = "ALTER TABLE @.operation ADD COLUMN more text; CREATE INDEX ON @.finished (update_time);";
    let builder = PostgresStore::builder(world.schema.url()).schema(world.schema.name());
    let builder = builder.partition(SPAN).clock(world.clock.clone()).next_version(step);
    let newer = builder.connect().await.unwrap();
    for round in 0..3 {
        for (store, id) in [(&newer, "newer"), (&world.store, "older")] {
            let new = done(&format!("{id}-{round}"), 9);
            assert!(store.create_one(new).await.unwrap().created().is_some());
            world.clock.advance(SPAN);
            store.purge(9).await.unwrap();
        }
    }
    assert_eq!(world.partitions().await.len(), 8);
    assert_eq!(world.count("operation WHERE more IS NULL").await, 7);
    // Of the catalogs alone: `pg_indexes` writes the definitions of all schemas' indexes, and other tests drop theirs.
    let indexes = "SELECT count(*) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE t.relnamespace = $1::text::regnamespace AND t.relname LIKE 'finished\\_%'
            AND i.indnatts = 1 AND a.attname = 'update_time'";
    let indexes: i64 = world.other.query_one(indexes, &[&world.schema.name()]).await.unwrap().get(0);
    assert_eq!(indexes, 8);
}
