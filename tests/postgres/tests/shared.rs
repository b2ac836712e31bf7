//! One server for many tests.

use std::thread;

use test_postgres::shared;

#[test]
fn databases_are_fresh_and_end_with_their_handle() {
    let Some(server) = shared() else { return };
    let (one, other) = (server.database(), server.database());
    one.execute("CREATE TABLE book ()").unwrap();
    other.execute("CREATE TABLE book ()").unwrap();
    let name = one.name().to_owned();
    drop(one);
    assert!(server.execute(&name, "SELECT 1").unwrap_err().to_string().contains("does not exist"));
    other.execute("SELECT * FROM book").unwrap();
}

#[test]
fn schemas_have_names_of_their_own() {
    let Some(server) = shared() else { return };
    let schemas: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| server.schema())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let database = schemas[0].url().rsplit('/').next().unwrap().split('?').next().unwrap();
    for schema in &schemas {
        assert_eq!(schema.url(), schemas[0].url());
        // Fails if two are the same, or if the name needs quotes.
        server.execute(database, &format!("CREATE SCHEMA {}", schema.name())).unwrap();
    }
}
