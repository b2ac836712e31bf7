//! Rows as operations.

pub(crate) mod change;
pub(crate) mod columns;

use bytes::Bytes;
use lro_store::{Columns, Labels, OperationName, Payload, PayloadColumns, Record, View};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::error::Failure;

/// How many columns a view takes, and where what comes after it begins.
pub(crate) const VIEW: usize = 27;
/// As [`VIEW`], of a record.
pub(crate) const RECORD: usize = VIEW + 4;

/// The view at the beginning of a row.
pub(crate) fn view(row: &Row) -> Result<View, Failure> {
    let name: &str = get(row, 0)?;
    // Without a state there is neither a row in `unfinished` nor one in `finished`.
    let Some(state) = get::<Option<i16>>(row, 13)? else {
        return Err(damaged(format!("the stored operation {name} has lost the row that says how it stands")));
    };
    let is_unfinished = state != Columns::DONE;
    let columns = Columns {
        name,
        method: get(row, 1)?,
        owner: get(row, 2)?,
        request_id: get(row, 3)?,
        exclusive_key: get(row, 4)?,
        labels: labels(name, get(row, 5)?)?,
        priority: get(row, 6)?,
        max_attempts: get(row, 7)?,
        retry: get::<Option<&str>>(row, 8)?.map(Into::into),
        deadline: get(row, 9)?,
        retention: get(row, 10)?,
        create_time: get(row, 11)?,
        update_time: get(row, 12)?,
        state,
        not_before: if is_unfinished { get(row, 14)? } else { None },
        attempt: get(row, 15)?,
        unbegun: get(row, 16)?,
        worker: if is_unfinished { get(row, 17)? } else { None },
        delegate: if is_unfinished { get(row, 18)? } else { None },
        stop: if is_unfinished { get::<Option<&str>>(row, 19)?.map(Into::into) } else { None },
        metadata: payload(row, 20)?,
        response: payload(row, 22)?,
        error_code: get(row, 24)?,
        error_message: get(row, 25)?,
        error_details: get::<Option<&[u8]>>(row, 26)?.map(Into::into),
    };
    Ok(columns.to_view()?)
}

/// The record at the beginning of a row.
pub(crate) fn record(row: &Row) -> Result<Record, Failure> {
    let request =
        payload(row, VIEW)?.map(Payload::from).ok_or_else(|| damaged("an operation has no request"))?;
    let checkpoint = payload(row, VIEW + 2)?.map(Payload::from);
    Ok(Record::new(view(row)?, request, checkpoint))
}

/// One column.
pub(crate) fn get<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, Failure> {
    Ok(row.try_get(at)?)
}

/// A column with a name in it.
pub(crate) fn name(row: &Row, at: usize) -> Result<OperationName, Failure> {
    let text: &str = get(row, at)?;
    OperationName::parse(text).map_err(|error| damaged(format!("a stored name is none: {error}")))
}

pub(crate) fn damaged(what: impl Into<String>) -> Failure {
    Failure::Store(lro_store::Error::internal(what.into()))
}

fn payload(row: &Row, at: usize) -> Result<Option<PayloadColumns<'_>>, Failure> {
    let (Some(type_url), Some(value)) = (get::<Option<&[u8]>>(row, at)?, get::<Option<&[u8]>>(row, at + 1)?)
    else {
        return Ok(None);
    };
    let type_url =
        std::str::from_utf8(type_url).map_err(|error| damaged(format!("a stored type URL: {error}")))?;
    Ok(Some(PayloadColumns { type_url, value }))
}

/// What goes into the column of labels; nothing where there are none.
pub(crate) fn labels_to_json(labels: &Labels) -> Option<String> {
    let object = || labels.iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    (!labels.is_empty()).then(|| serde_json::Value::Object(object()).to_string())
}

fn labels(name: &str, json: Option<&str>) -> Result<Labels, Failure> {
    let Some(json) = json else { return Ok(Labels::new()) };
    let fault = |what: String| damaged(format!("the stored operation {name} has wrong labels: {what}"));
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).map_err(|error| fault(error.to_string()))?;
    object.iter().try_fold(Labels::new(), |labels, (key, value)| {
        let value = value.as_str().ok_or_else(|| fault(format!("{key} is no text")))?;
        labels.with(key, value).map_err(|error| fault(error.to_string()))
    })
}

/// The bytes of a payload that are looked at without a copy.
pub(crate) fn value(payload: &Payload) -> &[u8] {
    let bytes: &Bytes = &payload.value;
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_back_as_they_are() {
        let odd = Labels::new().with("a\"\\b", "é 'quoted' \u{10ffff}").unwrap().with("empty", "").unwrap();
        for of in [Labels::new(), odd] {
            let json = labels_to_json(&of);
            assert_eq!(labels("operations/a", json.as_deref()).unwrap(), of, "{json:?}");
        }
        for wrong in ["[]", "{\"a\":1}", "{\"\":\"\"}", "nonsense"] {
            assert!(labels("operations/a", Some(wrong)).is_err(), "{wrong}");
        }
    }
}
