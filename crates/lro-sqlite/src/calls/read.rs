//! Reading single operations.

use lro_store::{OperationName, Record, RequestKey, Timestamp, View};
use rusqlite::Connection;

use crate::error::Failed;
use crate::row;

/// Operations by name.
pub(crate) fn get(
    connection: &Connection,
    names: &[OperationName],
    now: Timestamp,
) -> Result<Vec<Option<View>>, Failed> {
    let get = |name| {
        let stored = row::by_name(connection, name)?;
        Ok(stored.map(|stored| stored.view).filter(|view| !view.is_expired(now)))
    };
    names.iter().map(get).collect()
}

/// The operation that a request has started.
pub(crate) fn find_by_request(
    connection: &Connection,
    request: &RequestKey,
    now: Timestamp,
) -> Result<Option<Record>, Failed> {
    Ok(row::record_by_request(connection, request)?.filter(|record| !record.view.is_expired(now)))
}
