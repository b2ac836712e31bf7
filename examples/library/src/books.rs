//! The books of the library, beside its operations.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lro::Context;
use lro_sqlite::SqliteStore;
use lro_sqlite::rusqlite::{Connection, OptionalExtension as _};
use tonic::Status;

use crate::pb::{Book, ImportBooksMetadata};

/// The books of the library. Clones are the same books.
#[derive(Debug, Clone)]
pub struct Books(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Memory(Mutex<BTreeMap<String, String>>),
    Sqlite(Mutex<Connection>),
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

    /// A book.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub async fn get(&self, name: String) -> Result<Book, Status> {
        let books = self.clone();
        // Reading a file may take its time.
        let looked = tokio::task::spawn_blocking(move || (books.title(&name), name)).await;
        let (title, name) = looked.map_err(|error| Status::internal(error.to_string()))?;
        match title? {
            Some(title) => Ok(Book { name, title }),
            None => Err(Status::not_found(format!("there is no book {name}"))),
        }
    }

    fn title(&self, name: &str) -> Result<Option<String>, Status> {
        match &*self.0 {
            Kind::Memory(books) => Ok(lock(books).get(name).cloned()),
            Kind::Sqlite(connection) => lock(connection)
                .query_row("SELECT title FROM book WHERE name = ?1", [name], |row| row.get(0))
                .optional()
                .map_err(|error| Status::internal(error.to_string())),
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
                operation.in_transaction(SqliteStore::in_transaction(move |transaction| {
                    let mut insert = transaction
                        .prepare_cached("INSERT OR REPLACE INTO book (name, title) VALUES (?1, ?2)")?;
                    imported.iter().try_for_each(|book| insert.execute([&book.name, &book.title]).map(drop))
                }));
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
