//! One table in PostgreSQL, and arrays of rows.

use std::sync::Arc;
use std::time::Duration;

use lro::store::{OperationName, Parent};
use test_measure::Outcome;
use test_measure::load::{self, Run};
use tokio_postgres::{Client, Error, Statement};

use super::PAYLOAD;
use crate::server::connect;

/// Makes the table.
pub(crate) async fn make_table(url: &str) -> Outcome {
    let client = connect(url).await?;
    let sql = "CREATE TABLE raw (
        name text COLLATE \"C\" NOT NULL PRIMARY KEY, state smallint NOT NULL, worker text, attempt bigint NOT NULL,
        request bytea NOT NULL, response bytea
    )";
    Ok(client.batch_execute(sql).await?)
}

/// Connections that write as fast as they are answered.
#[derive(Debug)]
pub(crate) struct Raw(Vec<Arc<Connection>>);

#[derive(Debug)]
struct Connection {
    client: Client,
    insert: Statement,
    update: Statement,
}

impl Raw {
    pub(crate) async fn connect(url: &str, connections: usize) -> Outcome<Self> {
        let mut all = Vec::with_capacity(connections);
        for _ in 0..connections {
            let client = connect(url).await?;
            let insert = "INSERT INTO raw (name, state, worker, attempt, request)
                SELECT i.name, 1, 'w', 1, i.request FROM unnest($1::text[], $2::bytea[]) i(name, request)";
            let update = "UPDATE raw r SET state = 2, worker = NULL, response = i.response
                FROM unnest($1::text[], $2::bytea[]) i(name, response)
                WHERE r.name = i.name AND r.state = 1 AND r.worker = 'w' AND r.attempt = 1";
            let (insert, update) = (client.prepare(insert).await?, client.prepare(update).await?);
            all.push(Arc::new(Connection { client, insert, update }));
        }
        Ok(Self(all))
    }

    /// Inserts arrays of rows. One call is one array.
    pub(crate) async fn inserts(&self, rows: usize, time: Duration) -> Outcome<Run> {
        let call =
            move |connection: Arc<Connection>, _| async move { connection.insert(rows).await.map(drop) };
        load::run_by(self.0.len(), &self.0, time, call).await
    }

    /// Inserts arrays of rows, and then updates those of each that are as they were, in transactions of their own. One
    /// call is one array.
    pub(crate) async fn two_writes(&self, rows: usize, time: Duration) -> Outcome<Run> {
        let call = move |connection: Arc<Connection>, _| async move {
            let (names, payloads) = connection.insert(rows).await?;
            connection.client.execute(&connection.update, &[&names, &payloads]).await.map(drop)
        };
        load::run_by(self.0.len(), &self.0, time, call).await
    }
}

impl Connection {
    async fn insert(&self, rows: usize) -> Result<(Vec<String>, Vec<&'static [u8]>), Error> {
        let names: Vec<String> =
            (0..rows).map(|_| OperationName::random(&Parent::default()).to_string()).collect();
        let payloads: Vec<&[u8]> = vec![&[b'x'; PAYLOAD]; rows];
        self.client.execute(&self.insert, &[&names, &payloads]).await?;
        Ok((names, payloads))
    }
}
