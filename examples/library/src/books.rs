//! The books of the library, beside its operations.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lro::Context;
use lro_sqlite::rusqlite::{Connection, OptionalExtension as _};
use tokio_postgres::{Client, NoTls};
use tonic::Status;

use crate::pb::{Book, ImportBooksMetadata};

/// The books of the library. Clones are the same books.
#[derive(Debug, Clone)]
pub struct Books(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Memory(Mutex<BTreeMap<String, String>>),
    Sqlite(Mutex<Connection>),
    /// Where to connect.
    Postgres(String),
}

impl Books {
    /// None yet, and gone with the process.
    pub fn in_memory() -> Self {
        Self(Arc::new(Kind::Memory(Mutex::default())))
    }

    /// Those of a file, which also has the operations.
    ///
    /// # Errors
    ///
    /// The table cannot be made.
    pub fn in_sqlite(path: &Path) -> Result<Self, lro_sqlite::rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS book (name TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT",
        )?;
        Ok(Self(Arc::new(Kind::Sqlite(Mutex::new(connection)))))
    }

    /// Those of a database, which also has the operations.
    ///
    /// # Errors
    ///
    /// The table cannot be made.
    pub async fn in_postgres(url: &str) -> Result<Self, tokio_postgres::Error> {
        // Several servers may begin at once, and only one makes the table.
        let make = "SELECT pg_advisory_lock(1); \
                    CREATE TABLE IF NOT EXISTS book (name text PRIMARY KEY, title text NOT NULL);";
        connect(url).await?.batch_execute(make).await?;
        Ok(Self(Arc::new(Kind::Postgres(url.to_owned()))))
    }

    /// A book.
    ///
    /// # Errors
    ///
    /// There is none of this name, or it cannot be read.
    pub async fn get(&self, name: String) -> Result<Book, Status> {
        match self.title(&name).await {
            Ok(Some(title)) => Ok(Book { name, title }),
            Ok(None) => Err(Status::not_found(format!("there is no book {name}"))),
            Err(error) => Err(Status::unavailable(format!("the books cannot be read: {error}"))),
        }
    }

    async fn title(&self, name: &str) -> Result<Option<String>, Box<dyn Error + Send + Sync>> {
        match &*self.0 {
            Kind::Memory(books) => Ok(lock(books).get(name).cloned()),
            Kind::Sqlite(connection) => {
                // It is one look into a local file. Where that can take long, it belongs on a thread of its own.
                let title = "SELECT title FROM book WHERE name = ?1";
                Ok(lock(connection).query_row(title, [name], |row| row.get(0)).optional()?)
            }
            Kind::Postgres(url) => {
                let title = "SELECT title FROM book WHERE name = $1";
                let row = connect(url).await?.query_opt(title, &[&name]).await?;
                Ok(row.map(|row| row.get(0)))
            }
        }
    }

    /// Adds the books that an import is about to return. Where they are kept beside the operations, they and the result of
    /// the import appear together, or not at all.
    pub fn add(&self, operation: &Context<ImportBooksMetadata>, imported: &[Book]) {
        match &*self.0 {
            Kind::Memory(books) => {
                lock(books).extend(imported.iter().map(|book| (book.name.clone(), book.title.clone())));
            }
            Kind::Sqlite(_) => {
                let imported = imported.to_vec();
                operation.in_transaction(lro_sqlite::in_transaction(move |transaction| {
                    let mut insert = transaction
                        .prepare_cached("INSERT OR REPLACE INTO book (name, title) VALUES (?1, ?2)")?;
                    imported.iter().try_for_each(|book| insert.execute([&book.name, &book.title]).map(drop))
                }));
            }
            Kind::Postgres(_) => {
                let (names, titles): (Vec<_>, Vec<_>) =
                    imported.iter().map(|book| (book.name.clone(), book.title.clone())).unzip();
                operation.in_transaction(lro_postgres::in_transaction(move |transaction| {
                    let (names, titles) = (names.clone(), titles.clone());
                    Box::pin(async move {
                        // One statement must not write a row twice, and an import may name a book twice.
                        let insert = "INSERT INTO book \
                                      SELECT DISTINCT ON (name) name, title FROM unnest($1::text[], $2::text[]) AS imported (name, title) \
                                      ON CONFLICT (name) DO UPDATE SET title = excluded.title";
                        transaction.execute(insert, &[&names, &titles]).await?;
                        Ok(())
                    })
                }));
            }
        }
    }
}

/// A connection for a moment.
async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends with the client, and what goes wrong on it, the client tells.
    tokio::spawn(connection);
    Ok(client)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
