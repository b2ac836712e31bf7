//! Connections to the file, with the settings that the store relies on.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::library;
use crate::error::Failed;

/// More than the statements there are, so that each is prepared once.
const STATEMENTS: usize = 128;

/// How long to wait before trying again to change the journal mode.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// How connections are made.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) busy_timeout: Duration,
    /// After how many pages in the write-ahead log these are moved into the database.
    pub(crate) checkpoint_pages: u32,
    /// How much of the database a connection keeps in memory, in KiB.
    pub(crate) cache_kib: u32,
}

impl Place {
    /// A connection that writes; makes the file if there is none.
    pub(crate) fn writer(&self) -> Result<Connection, Failed> {
        library::check()?;
        if let Some(folder) = self.path.parent()
            && !folder.as_os_str().is_empty()
            && !folder.is_dir()
        {
            return Err(Failed::internal(format!(
                "there is no folder {} for the database; make it, or name another one",
                folder.display()
            )));
        }
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let mode = self.change_to_wal(&connection)?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(Failed::internal(format!(
                "the database is in journal mode {mode} and does not change to WAL, which the store needs; it has to be \
                 a file on a local disk (MemoryStore of lro-store is for operations in memory)"
            )));
        }
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "wal_autocheckpoint", self.checkpoint_pages)?;
        Ok(connection)
    }

    /// Asks for the write-ahead log, and returns the mode that the file has then.
    ///
    /// SQLite does not wait for other connections here, whatever the busy timeout: two that open a new file at once would
    /// both keep the other from changing it.
    fn change_to_wal(&self, connection: &Connection) -> Result<String, Failed> {
        let since = Instant::now();
        loop {
            match connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)) {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                        && since.elapsed() < self.busy_timeout =>
                {
                    thread::sleep(BUSY_PAUSE);
                }
                mode => return Ok(mode?),
            }
        }
    }

    /// A connection that reads. The file is there, with its tables.
    pub(crate) fn reader(&self) -> Result<Connection, Failed> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    fn connect(&self, access: OpenFlags) -> Result<Connection, Failed> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        // Without the right to write, SQLite opens a file for reading only, and says so with the first write.
        if connection.is_readonly("main")? {
            return Err(Failed::internal(format!(
                "{} cannot be written; look at the rights of the file and its folder",
                self.path.display()
            )));
        }
        connection.busy_timeout(self.busy_timeout)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Otherwise SQLite compares what is bound with the conditions of partial indexes, and has to prepare a statement
        // anew each time something else is bound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "cache_size", -i64::from(self.cache_kib))?;
        connection.pragma_update(None, "temp_store", "memory")?;
        Ok(connection)
    }
}
