//! What failures of SQLite mean to the callers of the store.

use std::error::Error as StdError;

use lro_store::{Error, InvalidRecord};
use rusqlite::ErrorCode;

/// A failure of the store, on its way to the callers.
#[derive(Debug, Clone)]
pub(crate) struct Failed(pub(crate) Error);

impl Failed {
    /// Something that a later try can overcome.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self(Error::unavailable(message.into()))
    }

    /// Damage, a bug, or a setting that cannot be.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self(Error::internal(message.into()))
    }
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        let meaning = Meaning::of(&error);
        let source = Explained { advice: meaning.advice(), error };
        Self(if meaning.passes() { Error::unavailable(source) } else { Error::internal(source) })
    }
}

impl From<InvalidRecord> for Failed {
    fn from(error: InvalidRecord) -> Self {
        Self(error.into())
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        failed.0
    }
}

/// The failure of the database that an error of a caller's closure is or comes from; `None` if it is about what the
/// caller wrote, such as a constraint.
pub(crate) fn failure_of_the_database(error: &(dyn StdError + 'static)) -> Option<Failed> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(sqlite) = error.downcast_ref::<rusqlite::Error>() {
            let meaning = Meaning::of(sqlite);
            // The error itself stays with the caller's own one, which cannot be taken apart.
            let message = format!("{}: {sqlite}", meaning.advice());
            if meaning.passes() {
                return Some(Failed::unavailable(message));
            } else if meaning != Meaning::Other {
                return Some(Failed::internal(message));
            }
        }
        next = error.source();
    }
    None
}

/// What can be done about an error of SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Busy,
    Full,
    Interrupted,
    Memory,
    Damaged,
    ReadOnly,
    CannotOpen,
    Disk,
    Other,
}

impl Meaning {
    fn of(error: &rusqlite::Error) -> Self {
        /// There was no room to extend the index of the write-ahead log.
        const IOERR_SHMSIZE: i32 = 4_874;
        let rusqlite::Error::SqliteFailure(error, _) = error else { return Self::Other };
        match error.code {
            _ if error.extended_code == IOERR_SHMSIZE => Self::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                Self::Busy
            }
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::OperationInterrupted => Self::Interrupted,
            ErrorCode::OutOfMemory => Self::Memory,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::CannotOpen => Self::CannotOpen,
            ErrorCode::SystemIoFailure => Self::Disk,
            _ => Self::Other,
        }
    }

    /// Whether a later try may find it gone.
    fn passes(self) -> bool {
        matches!(self, Self::Busy | Self::Full | Self::Interrupted | Self::Memory)
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Busy => {
                "another connection has kept the database locked for longer than the busy timeout; keep \
                 transactions on this file short"
            }
            Self::Full => "the disk, or the quota on it, is full; free some space and the store goes on",
            Self::Interrupted => "the statement was interrupted",
            Self::Memory => "there is not enough memory",
            Self::Damaged => {
                "the file is damaged or is no database; restore it from a backup, or save what is left with \
                 `.recover` of the sqlite3 program"
            }
            Self::ReadOnly => "the database cannot be written; look at the rights of the file and its folder",
            Self::CannotOpen => {
                "the file, or one that belongs to it, cannot be opened; look at its path, and at the rights of the \
                 file and its folder"
            }
            Self::Disk => "the disk failed; look at the log of the system",
            Self::Other => "SQLite refused a statement",
        }
    }
}

/// An error of SQLite, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{advice}: {error}")]
struct Explained {
    advice: &'static str,
    #[source]
    error: rusqlite::Error,
}
