//! A pooler in front of a cluster, seen by a client that keeps its connection.

use test_postgres::{Cluster, PgBouncer, PoolMode, pooler, private};
use tokio_postgres::{Client, Error, NoTls, SimpleQueryMessage};

struct Pooled {
    bouncer: PgBouncer,
    cluster: Cluster,
}

fn pooled(mode: PoolMode) -> Option<Pooled> {
    let (cluster, bouncer) = (private()?, pooler()?);
    let cluster = cluster.start().unwrap();
    // With one connection to the server, two clients have to share it.
    let bouncer = bouncer.pool_mode(mode).setting("default_pool_size", "1");
    Some(Pooled { bouncer: bouncer.start(cluster.address()).unwrap(), cluster })
}

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn first(client: &Client, sql: &str) -> Result<String, Error> {
    let messages = client.simple_query(sql).await?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(row.unwrap_or_default().to_owned())
}

#[tokio::test]
async fn clients_share_a_connection_between_transactions() {
    let Some(Pooled { bouncer, cluster }) = pooled(PoolMode::Transaction) else { return };
    cluster.create_database("library").unwrap();
    let one = connect(&bouncer.url("library")).await.unwrap();
    let other = connect(&bouncer.url("library")).await.unwrap();
    let process = "SELECT pg_backend_pid()";
    assert_eq!(first(&one, process).await.unwrap(), first(&other, process).await.unwrap());
    assert_eq!(first(&one, "SELECT current_database()").await.unwrap(), "library");
}

#[tokio::test]
async fn a_session_keeps_its_connection() {
    let Some(Pooled { bouncer, cluster: _cluster }) = pooled(PoolMode::Session) else { return };
    let client = connect(&bouncer.url("postgres")).await.unwrap();
    client.batch_execute("SET application_name = 'reader'").await.unwrap();
    assert_eq!(first(&client, "SHOW application_name").await.unwrap(), "reader");
}

#[tokio::test]
async fn a_killed_pooler_comes_back_at_the_same_port() {
    let Some(Pooled { bouncer, cluster: _cluster }) = pooled(PoolMode::Transaction) else { return };
    let client = connect(&bouncer.url("postgres")).await.unwrap();
    bouncer.kill();
    assert!(first(&client, "SELECT 1").await.is_err());
    assert!(connect(&bouncer.url("postgres")).await.is_err());
    bouncer.start().unwrap();
    let client = connect(&bouncer.url("postgres")).await.unwrap();
    assert_eq!(first(&client, "SELECT 1").await.unwrap(), "1");
}
