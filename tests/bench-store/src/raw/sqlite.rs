//! One table in SQLite and one thread that writes what waits in one transaction.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use lro_sqlite::rusqlite::{Connection, Result, params};
use test_measure::Outcome;
use tokio::sync::oneshot;

use super::PAYLOAD;

/// The most writes of one transaction: one of each caller.
const WRITES: usize = 64;

/// The thread's callers. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Writer(Sender<Write>);

#[derive(Debug)]
struct Write {
    name: String,
    step: Step,
    done: oneshot::Sender<()>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Begin,
    End,
}

impl Writer {
    /// Makes the table and starts the thread, which ends with the last clone.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 4000;
             PRAGMA cache_size = -16384;
             CREATE TABLE raw (
                 name TEXT NOT NULL PRIMARY KEY, state INTEGER NOT NULL, worker TEXT, attempt INTEGER NOT NULL,
                 request BLOB NOT NULL, response BLOB
             ) STRICT;",
        )?;
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            if let Err(error) = write_all(connection, &receiver) {
                // The callers see that there is no answer.
                eprintln!("error: {error}");
            }
        });
        Ok(Self(sender))
    }

    /// Inserts a row, and then updates it if it is as it was; each is committed before this goes on.
    pub(crate) async fn two_writes(&self, name: String) -> Outcome {
        self.write(name.clone(), Step::Begin).await?;
        self.write(name, Step::End).await
    }

    async fn write(&self, name: String, step: Step) -> Outcome {
        let (done, answer) = oneshot::channel();
        self.0.send(Write { name, step, done })?;
        Ok(answer.await?)
    }
}

fn write_all(mut connection: Connection, writes: &Receiver<Write>) -> Result<()> {
    let payload = [b'x'; PAYLOAD];
    while let Ok(first) = writes.recv() {
        let batch: Vec<Write> = std::iter::once(first).chain(writes.try_iter().take(WRITES - 1)).collect();
        let transaction = connection.transaction()?;
        for Write { name, step, .. } in &batch {
            match step {
                Step::Begin => transaction
                    .prepare_cached(
                        "INSERT INTO raw (name, state, worker, attempt, request) VALUES (?1, 1, 'w', 1, ?2)",
                    )?
                    .execute(params![name, payload])?,
                Step::End => transaction
                    .prepare_cached(
                        "UPDATE raw SET state = 2, worker = NULL, response = ?2
                         WHERE name = ?1 AND state = 1 AND worker = 'w' AND attempt = 1",
                    )?
                    .execute(params![name, payload])?,
            };
        }
        transaction.commit()?;
        for Write { done, .. } in batch {
            // A caller that is gone does not want the answer.
            let _ = done.send(());
        }
    }
    Ok(())
}
