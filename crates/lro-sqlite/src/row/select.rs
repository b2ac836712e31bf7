//! From rows to operations.

use lro_store::{Columns, OperationName, Payload, PayloadColumns, Record, RequestKey, View};
use rusqlite::{Connection, Row};

use super::labels;
use crate::error::Failed;

/// An operation as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) view: View,
}

/// A statement that reads views.
macro_rules! view_sql {
    ($where:literal) => {
        concat!(view_sql!(@columns), view_sql!(@tables), $where)
    };
    (@columns) => {
        "SELECT o.id, o.name, o.method, o.owner, o.request_id, o.exclusive_key, o.labels, o.priority, o.max_attempts, \
         o.retry, o.deadline, o.retention, o.create_time, o.update_time, o.state, o.not_before, o.attempt, o.unbegun, \
         o.worker, o.delegate, o.stop, m.type_url, m.value, r.response_type_url, r.response, o.error_code, \
         r.error_message, r.error_details"
    };
    (@tables) => {
        " FROM lro_operation o LEFT JOIN lro_metadata m ON m.id = o.id LEFT JOIN lro_result r ON r.id = o.id"
    };
}

/// A statement that reads records.
macro_rules! record_sql {
    ($where:literal) => {
        concat!(
            view_sql!(@columns),
            ", q.type_url, q.value, c.type_url, c.value",
            view_sql!(@tables),
            " LEFT JOIN lro_request q ON q.id = o.id LEFT JOIN lro_checkpoint c ON c.id = o.id",
            $where
        )
    };
}

/// The operation of this name.
pub(crate) fn by_name(connection: &Connection, name: &OperationName) -> Result<Option<Stored>, Failed> {
    let mut statement = connection.prepare_cached(view_sql!(" WHERE o.name = ?1"))?;
    let mut rows = statement.query([name.as_str()])?;
    rows.next()?.map(stored).transpose()
}

/// The operation of this number.
pub(crate) fn by_id(connection: &Connection, id: i64) -> Result<Option<Stored>, Failed> {
    let mut statement = connection.prepare_cached(view_sql!(" WHERE o.id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(stored).transpose()
}

/// The operation of this request.
pub(crate) fn by_request(connection: &Connection, key: &RequestKey) -> Result<Option<Stored>, Failed> {
    let mut statement = connection
        .prepare_cached(view_sql!(" WHERE o.owner = ?1 AND o.method = ?2 AND o.request_id = ?3"))?;
    let mut rows = statement.query([key.owner.as_str(), &key.method, key.id.as_str()])?;
    rows.next()?.map(stored).transpose()
}

/// The operation of this number, whole.
pub(crate) fn record_by_id(connection: &Connection, id: i64) -> Result<Option<Record>, Failed> {
    let mut statement = connection.prepare_cached(record_sql!(" WHERE o.id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(record).transpose()
}

/// The operation of this request, whole.
pub(crate) fn record_by_request(connection: &Connection, key: &RequestKey) -> Result<Option<Record>, Failed> {
    let mut statement = connection
        .prepare_cached(record_sql!(" WHERE o.owner = ?1 AND o.method = ?2 AND o.request_id = ?3"))?;
    let mut rows = statement.query([key.owner.as_str(), &key.method, key.id.as_str()])?;
    rows.next()?.map(record).transpose()
}

fn stored(row: &Row<'_>) -> Result<Stored, Failed> {
    Ok(Stored { id: row.get(0)?, view: view(row)? })
}

fn record(row: &Row<'_>) -> Result<Record, Failed> {
    let view = view(row)?;
    let request = payload(row, 28)?.ok_or_else(|| {
        Failed::internal(format!("the stored operation {} has lost its request", view.name()))
    })?;
    Ok(Record::new(view, request.into(), payload(row, 30)?.map(Payload::from)))
}

fn view(row: &Row<'_>) -> Result<View, Failed> {
    let labels = text(row, 6)?.map(labels::from_json).transpose()?.unwrap_or_default();
    let columns = Columns {
        name: row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?,
        method: row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?,
        owner: row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?,
        request_id: text(row, 4)?,
        exclusive_key: text(row, 5)?,
        labels,
        priority: row.get(7)?,
        max_attempts: row.get(8)?,
        retry: text(row, 9)?.map(Into::into),
        deadline: row.get(10)?,
        retention: row.get(11)?,
        create_time: row.get(12)?,
        update_time: row.get(13)?,
        state: row.get(14)?,
        not_before: row.get(15)?,
        attempt: row.get(16)?,
        unbegun: row.get(17)?,
        worker: text(row, 18)?,
        delegate: text(row, 19)?,
        stop: text(row, 20)?.map(Into::into),
        metadata: payload(row, 21)?,
        response: payload(row, 23)?,
        error_code: row.get(25)?,
        error_message: bytes(row, 26)?,
        error_details: bytes(row, 27)?.map(Into::into),
    };
    Ok(columns.to_view()?)
}

fn text<'row>(row: &'row Row<'_>, column: usize) -> Result<Option<&'row str>, rusqlite::Error> {
    Ok(row.get_ref(column)?.as_str_or_null()?)
}

fn bytes<'row>(row: &'row Row<'_>, column: usize) -> Result<Option<&'row [u8]>, rusqlite::Error> {
    Ok(row.get_ref(column)?.as_blob_or_null()?)
}

/// The payload in this column and the next one.
fn payload<'row>(row: &'row Row<'_>, column: usize) -> Result<Option<PayloadColumns<'row>>, rusqlite::Error> {
    let Some(type_url) = text(row, column)? else { return Ok(None) };
    Ok(bytes(row, column + 1)?.map(|value| PayloadColumns { type_url, value }))
}
