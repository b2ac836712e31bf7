//! Looking after the file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lro_store::Error;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::SqliteStore;
use crate::database::Place;
use crate::error::Failed;

impl SqliteStore {
    /// Copies the database, as it is at one moment, into another file, which is replaced if it is there. The store goes on
    /// meanwhile; its write-ahead log grows until the copy is whole.
    ///
    /// The copy is made beside, synced, and then renamed, so that the file is never half a copy. A copy can be opened like
    /// any other file.
    ///
    /// A copy that was begun goes on when this is dropped.
    ///
    /// # Errors
    /// When the file cannot be written, is a database in use, or the database cannot be read.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn backup(&self, path: impl Into<PathBuf>) -> Result<(), Error> {
        let (place, path) = (self.place().clone(), path.into());
        blocking(move || back_up(&place, &path)).await
    }

    /// Moves the write-ahead log into the database and empties it. The store does this by itself, but for the emptying; it
    /// is for those who copy or measure the file.
    ///
    /// # Errors
    /// [Unavailable](Error::unavailable) when other connections read from the log all the time.
    pub async fn checkpoint(&self) -> Result<(), Error> {
        self.threads().checkpoint().await
    }

    /// Looks at the whole database for damage, which takes as long as reading it does: what is wrong, one line each;
    /// nothing if it is sound.
    ///
    /// # Errors
    /// When the database cannot be read.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn check_integrity(&self) -> Result<Vec<String>, Error> {
        let place = self.place().clone();
        blocking(move || check(&place.reader()?)).await
    }
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Failed> + Send + 'static,
) -> Result<T, Error> {
    let ended = tokio::task::spawn_blocking(act).await;
    ended
        .map_err(|error| Error::internal(format!("looking after the database has panicked: {error}")))?
        .map_err(Error::from)
}

fn back_up(place: &Place, path: &Path) -> Result<(), Failed> {
    refuse_databases_in_use(place, path)?;
    let partial = beside(path, ".partial");
    let remains = [partial.clone(), beside(&partial, "-journal")];
    let remove = || {
        for file in &remains {
            // Most often there is none, and another error shows when the file is made.
            let _ = fs::remove_file(file);
        }
    };
    remove();
    let ended = copy(place, &partial).and_then(|()| put_in_place(&partial, path));
    if ended.is_err() {
        remove();
    }
    ended
}

/// The path of a file with this ending in addition.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A copy in place of a database that is in use would be the end of both.
fn refuse_databases_in_use(place: &Place, path: &Path) -> Result<(), Failed> {
    let same = |one: &Path, other: &Path| matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other);
    if same(&place.path, path) {
        return Err(Failed::internal("a database cannot be copied into its own file; name another one"));
    }
    let log = beside(path, "-wal");
    if log.exists() {
        return Err(Failed::internal(format!(
            "{} belongs to a database that is in use or was not closed; name another file for the copy",
            log.display()
        )));
    }
    Ok(())
}

fn copy(place: &Place, partial: &Path) -> Result<(), Failed> {
    let from = place.reader()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut to = Connection::open_with_flags(partial, flags)?;
    let backup = Backup::new(&from, &mut to)?;
    // All pages in one step, which reads them as they are at one moment; the writer goes on beside.
    match backup.step(-1)? {
        StepResult::Done => {}
        other => return Err(Failed::unavailable(format!("the copy has not become whole: {other:?}"))),
    }
    drop(backup);
    // The copy is one file, whatever the mode of the database.
    to.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    Ok(())
}

fn put_in_place(partial: &Path, path: &Path) -> Result<(), Failed> {
    let failed = |error: std::io::Error| {
        Failed::internal(format!("the copy {} cannot be put in place: {error}", path.display()))
    };
    File::open(partial).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(partial, path).map_err(failed)?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed),
        None => Ok(()),
    }
}

fn check(connection: &Connection) -> Result<Vec<String>, Failed> {
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let mut lines: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    lines.retain(|line| line != "ok");
    Ok(lines)
}
