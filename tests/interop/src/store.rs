//! The stores that the server can have.

use std::fmt;
use std::path::Path;

use clap::ValueEnum;

use crate::Result;

/// A store of the example's server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Store {
    /// In the process.
    Memory,
    /// An `SQLite` file.
    Sqlite,
    /// A `PostgreSQL` database.
    Postgres,
}

/// A place for a server, which ends with this.
#[derive(Debug)]
pub(crate) struct Place {
    /// How the example is told of it.
    pub(crate) argument: String,
    _database: Option<test_postgres::Database>,
}

impl Store {
    /// A new place, which has its files in `folder`, if it has any.
    pub(crate) fn place(self, folder: &Path) -> Result<Place> {
        let (argument, database) = match self {
            Self::Memory => ("memory".to_owned(), None),
            Self::Sqlite => (format!("sqlite:{}", folder.join("library.db").display()), None),
            Self::Postgres => {
                let server = test_postgres::shared()
                    .ok_or("there is no PostgreSQL; leave it out with --store memory,sqlite")?;
                let database = server.database();
                (database.url(), Some(database))
            }
        };
        Ok(Place { argument, _database: database })
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "the memory store",
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}
