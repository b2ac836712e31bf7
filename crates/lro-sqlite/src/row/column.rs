//! Values in columns.

use lro_store::{Attempt, OperationName, StopReason, Timestamp};
use rusqlite::Row;

use crate::error::Failed;

/// A time.
pub(crate) fn time(row: &Row<'_>, column: usize) -> Result<Timestamp, Failed> {
    Ok(Timestamp::from_micros(row.get(column)?))
}

/// A text that is not NULL, without a copy.
pub(crate) fn text<'row>(row: &'row Row<'_>, column: usize) -> Result<&'row str, Failed> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

/// The name of an operation.
pub(crate) fn name(row: &Row<'_>, column: usize) -> Result<OperationName, Failed> {
    OperationName::parse(text(row, column)?)
        .map_err(|error| Failed::internal(format!("a stored name is none: {error}")))
}

/// The number of an attempt of running work.
pub(crate) fn attempt(row: &Row<'_>, column: usize) -> Result<Attempt, Failed> {
    Attempt::new(row.get(column)?)
        .ok_or_else(|| Failed::internal("a stored operation runs without an attempt"))
}

/// Why work is asked to stop, if it is.
pub(crate) fn stop(row: &Row<'_>, column: usize) -> Result<Option<StopReason>, Failed> {
    let Some(text) = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)? else {
        return Ok(None);
    };
    StopReason::from_column(text)
        .map(Some)
        .ok_or_else(|| Failed::internal(format!("the stored reason {text:?} is none")))
}

/// A limit as SQLite takes it.
pub(crate) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
