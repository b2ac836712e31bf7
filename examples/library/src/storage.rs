//! Where the server keeps what must not be lost: operations, and the books that they bring.

use std::error::Error;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use lro::store::{MemoryStore, Store};
use lro_postgres::PostgresStore;
use lro_sqlite::SqliteStore;

use crate::books::Books;

/// Where the server keeps operations and books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In memory: they end with the process.
    Memory,
    /// In this SQLite file.
    Sqlite(PathBuf),
    /// In this PostgreSQL database, which many servers can share.
    Postgres(String),
}

/// What is kept there.
#[derive(Debug)]
pub struct Storage {
    /// The operations, for the engine.
    pub operations: Arc<dyn Store>,
    /// The books.
    pub books: Books,
}

impl Place {
    /// Opens it, and makes what is missing.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the place.
    pub async fn open(&self) -> Result<Storage, Box<dyn Error>> {
        Ok(match self {
            Self::Memory => Storage { operations: Arc::new(MemoryStore::new()), books: Books::in_memory() },
            Self::Sqlite(path) => {
                let operations = SqliteStore::open(path).await?;
                Storage { operations: Arc::new(operations), books: Books::in_sqlite(path)? }
            }
            Self::Postgres(url) => {
                let operations = PostgresStore::connect(url).await?;
                Storage { operations: Arc::new(operations), books: Books::in_postgres(url).await? }
            }
        })
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres", url)) if !url.starts_with("//") => Ok(Self::Postgres(url.to_owned())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err(format!("`{text}` is no store; say memory, sqlite:PATH or postgres:URL")),
        }
    }
}
