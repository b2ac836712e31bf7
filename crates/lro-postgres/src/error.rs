//! What a database says, as what a store says.

use std::error::Error as StdError;

use lro_store::{Error, InvalidRecord};
use tokio_postgres::error::SqlState;

/// Why one try of a call has failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The database said so, or the way to it broke.
    #[error(transparent)]
    Database(#[from] tokio_postgres::Error),
    /// The store itself said so.
    #[error(transparent)]
    Store(#[from] Error),
    /// What the call saw has changed under it.
    #[error("others have changed the same operations again and again; try again")]
    Overtaken,
}

impl From<InvalidRecord> for Failure {
    fn from(error: InvalidRecord) -> Self {
        Self::Store(error.into())
    }
}

impl Failure {
    /// Whether the same call may succeed at once, because nothing of it took effect and nothing is broken.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Database(error) => error.code().is_some_and(is_conflict),
            Self::Store(_) => false,
            Self::Overtaken => true,
        }
    }

    /// Whether a statement that was prepared before is of no use any more, such as after a migration.
    pub(crate) fn is_stale_statement(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let is_stale = |state: &SqlState| {
            *state == SqlState::INVALID_SQL_STATEMENT_NAME || *state == SqlState::DUPLICATE_PSTATEMENT
        };
        let has_changed = |error: &tokio_postgres::error::DbError| {
            *error.code() == SqlState::FEATURE_NOT_SUPPORTED && error.message().contains("cached plan")
        };
        error.code().is_some_and(is_stale) || error.as_db_error().is_some_and(has_changed)
    }

    /// Whether the connection is of no use any more.
    pub(crate) fn is_broken_connection(&self) -> bool {
        match self {
            Self::Database(error) => error.is_closed() || error.code().is_none_or(ends_connection),
            Self::Store(_) | Self::Overtaken => false,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Overtaken => Self::unavailable(failure),
            Failure::Database(error) => match error.code() {
                Some(state) if !can_be_overcome(state) => Self::internal(Described(error)),
                None if is_refused_by_client(&error) => Self::internal(Described(error)),
                Some(_) | None => Self::unavailable(Described(error)),
            },
        }
    }
}

/// An error whose text says what the server said, as tokio-postgres keeps that in the source alone.
#[derive(Debug)]
struct Described(tokio_postgres::Error);

impl std::fmt::Display for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0.as_db_error(), self.0.source()) {
            (Some(error), _) => {
                write!(f, "PostgreSQL says: {} ({})", error.message(), error.code().code())?;
                if let Some(hint) = advice(error.code()) {
                    write!(f, "; {hint}")?;
                }
                Ok(())
            }
            (None, Some(source)) => write!(f, "{}: {source}", self.0),
            (None, None) => write!(f, "{}", self.0),
        }
    }
}

impl StdError for Described {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

/// What to do about it, where that is not plain.
fn advice(state: &SqlState) -> Option<&'static str> {
    if *state == SqlState::INSUFFICIENT_PRIVILEGE {
        return Some("grant the user what the schema needs, or let one who may run the SQL of `schema_sql`");
    }
    if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION].contains(state) {
        return Some("check the user and the password of the URL");
    }
    if [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME, SqlState::UNDEFINED_COLUMN].contains(state)
    {
        return Some("the schema is not there or not whole; run `migrate`");
    }
    (*state == SqlState::TOO_MANY_CONNECTIONS).then_some("raise max_connections, or use fewer connections")
}

/// Whether another transaction was in the way.
fn is_conflict(state: &SqlState) -> bool {
    *state == SqlState::T_R_SERIALIZATION_FAILURE || *state == SqlState::T_R_DEADLOCK_DETECTED
}

/// Whether the server closes the connection after this, or the connection is to a server that no longer takes writes.
fn ends_connection(state: &SqlState) -> bool {
    let code = state.code();
    code.starts_with("57P")
        || code.starts_with("08")
        || *state == SqlState::INTERNAL_ERROR
        || *state == SqlState::READ_ONLY_SQL_TRANSACTION
}

/// Whether a later try can overcome it: the connection, a conflict, want of room or of connections, somebody who
/// intervened, a lock that was not to be had.
fn can_be_overcome(state: &SqlState) -> bool {
    let code = state.code();
    ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class))
        || *state == SqlState::LOCK_NOT_AVAILABLE
        || *state == SqlState::READ_ONLY_SQL_TRANSACTION
        || *state == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
}

/// Whether a closure of a caller has failed because the database did, which another try may overcome.
pub(crate) fn is_of_database(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<tokio_postgres::Error>() {
            return error.is_closed() || error.code().is_some_and(can_be_overcome);
        }
        next = error.source();
    }
    false
}

/// Whether the program itself has asked for what cannot be, so that no try will help.
fn is_refused_by_client(error: &tokio_postgres::Error) -> bool {
    let text = error.to_string();
    [
        "error serializing",
        "error deserializing",
        "invalid configuration",
        "invalid column",
        "unexpected message",
    ]
    .iter()
    .any(|begin| text.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_overcome_is_told_from_what_cannot() {
        for code in ["08006", "40001", "40P01", "53100", "53300", "57014", "57P01", "57P03", "55P03", "25006"]
        {
            assert!(can_be_overcome(&SqlState::from_code(code)), "{code}");
        }
        for code in ["42P01", "28P01", "23514", "22P05", "XX001", "3D000"] {
            assert!(!can_be_overcome(&SqlState::from_code(code)), "{code}");
        }
    }
}
