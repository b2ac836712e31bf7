//! The stores that a run can be on.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lro::store::{Error, MemoryStore, Store};
use lro_postgres::PostgresStore;
use lro_sqlite::SqliteStore;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use crate::clock::SteppedClock;

/// How long a process that begins waits for its store: whoever is away now is back by then.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a process finds the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Target {
    /// In its own memory. Only for looking at the run itself: there can be one process, and it must live.
    Memory,
    /// In a file.
    Sqlite {
        /// Which file.
        file: PathBuf,
        /// The folder with the clock that processes go by.
        clock: PathBuf,
    },
    /// In a file, by a program that is a version newer: it knows this step more.
    NewerSqlite {
        /// Which file.
        file: PathBuf,
        /// The folder with the clock that processes go by.
        clock: PathBuf,
        /// What leads to the newer version, in SQL.
        step: String,
    },
    /// Behind a URL.
    Postgres(String),
    /// Behind a URL, where processes do not tell each other of changes.
    PostgresWithoutHints(String),
    /// Behind a URL, by a program that is a version newer: it knows this step more.
    NewerPostgres {
        /// Where.
        url: String,
        /// What leads to the newer version, in SQL; `@` stands for the schema.
        step: String,
    },
}

impl Target {
    /// Opens the store, and waits for it where it is away.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(&self) -> Result<Arc<dyn Store>, Error> {
        let began = Instant::now();
        loop {
            match self.try_open().await {
                Err(error) if error.is_unavailable() && began.elapsed() < PATIENCE => {
                    eprintln!("the store is away: {error}");
                    sleep(Duration::from_millis(200)).await;
                }
                result => return result,
            }
        }
    }

    async fn try_open(&self) -> Result<Arc<dyn Store>, Error> {
        match self {
            Self::Memory => Ok(Arc::new(MemoryStore::new())),
            Self::Sqlite { file, clock } => {
                let builder = SqliteStore::builder(file).clock(SteppedClock::follow(clock));
                Ok(Arc::new(builder.open().await?))
            }
            Self::NewerPostgres { url, step } => {
                Ok(Arc::new(PostgresStore::builder(url).next_version(step).connect().await?))
            }
            Self::NewerSqlite { file, clock, step } => {
                let builder = SqliteStore::builder(file).clock(SteppedClock::follow(clock));
                Ok(Arc::new(builder.next_version(step).open().await?))
            }
            Self::PostgresWithoutHints(url) => {
                Ok(Arc::new(PostgresStore::builder(url).hints(false).connect().await?))
            }
            Self::Postgres(url) => Ok(Arc::new(PostgresStore::connect(url).await?)),
        }
    }
}
