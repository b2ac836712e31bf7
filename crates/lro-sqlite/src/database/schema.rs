//! The version of the tables, and the way from one version to the next.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use crate::error::Failed;

/// The steps from an empty file to the newest tables; the first one leads to version 1.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_operations.sql")];

/// Brings the tables to the newest version, in one transaction. `later` are steps of versions that are yet to come, which
/// only tests have.
///
/// The version is kept in a table of its own: the two numbers that SQLite has for this belong to the application,
/// which may have its own tables in the file.
///
/// # Errors
/// When the tables are newer than this program, or there is something of their names that is not theirs.
pub(crate) fn migrate(connection: &mut Connection, later: &[String]) -> Result<(), Failed> {
    let known = MIGRATIONS.len() + later.len();
    if version(connection)? == known {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before = version(&transaction)?;
    if before > known {
        return Err(Failed::internal(format!(
            "the tables in the file have version {before}, and this program knows versions up to {known}; \
             use a program that is as new as the one that wrote them"
        )));
    }
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS lro_schema (version INTEGER PRIMARY KEY CHECK (version > 0)) STRICT;",
    )?;
    let steps = MIGRATIONS.into_iter().chain(later.iter().map(String::as_str));
    for (number, migration) in (1_i64..).zip(steps).skip(before) {
        transaction.execute_batch(migration)?;
        transaction.execute("INSERT INTO lro_schema (version) VALUES (?1)", [number])?;
    }
    transaction.commit()?;
    Ok(())
}

/// The version of the tables in the file; 0 if there are none.
fn version(connection: &Connection) -> Result<usize, Failed> {
    let exists = connection
        .query_row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lro_schema'", [], |_| Ok(()))
        .optional()?
        .is_some();
    if !exists {
        return Ok(0);
    }
    let version: i64 =
        connection.query_row("SELECT coalesce(max(version), 0) FROM lro_schema", [], |row| row.get(0))?;
    usize::try_from(version)
        .map_err(|_| Failed::internal(format!("the tables have version {version}, which there is not")))
}
