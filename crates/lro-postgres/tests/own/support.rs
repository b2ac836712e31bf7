//! What the tests work with.

use std::time::Duration;

use lro_postgres::PostgresStore;
use lro_store::{Beginning, Fence, NewOperation, OperationName, Outcome, Payload, Store, StoreExt, WorkerId};
use test_postgres::Schema;

pub(crate) const METHOD: &str = "/test.Service/Work";

pub(crate) fn name(id: &str) -> OperationName {
    OperationName::parse(&format!("operations/{id}")).unwrap()
}

pub(crate) fn operation(id: &str) -> NewOperation {
    NewOperation::new(name(id), METHOD, Payload::new("type.googleapis.com/test.Request", "request"))
}

pub(crate) fn claimed(id: &str) -> NewOperation {
    operation(id).with_beginning(Beginning::ClaimedBy(WorkerId::new("w")))
}

pub(crate) fn response() -> Outcome {
    Outcome::Response(Payload::new("type.googleapis.com/test.Response", "response"))
}

/// Creates an operation that a worker has from the start.
pub(crate) async fn begin(store: &PostgresStore, id: &str) -> Fence {
    store.keep_alive(&WorkerId::new("w"), Duration::from_secs(60)).await.unwrap();
    store.create_one(claimed(id)).await.unwrap().created().unwrap().fence().unwrap()
}

/// A store in a schema of its own, or nothing if there is no PostgreSQL.
pub(crate) async fn store() -> Option<(PostgresStore, Schema)> {
    let schema = test_postgres::shared()?.schema();
    Some((open(&schema).await, schema))
}

pub(crate) async fn open(schema: &Schema) -> PostgresStore {
    PostgresStore::builder(schema.url()).schema(schema.name()).connect().await.unwrap()
}

pub(crate) async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The text of an error and of all that it came from.
pub(crate) fn text(error: &lro_store::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        texts.push(error.to_string());
        source = error.source();
    }
    texts.join(": ")
}
