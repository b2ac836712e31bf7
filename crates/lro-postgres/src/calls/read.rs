//! Reading operations by name and by request.

use std::collections::HashMap;

use lro_store::{OperationName, Record, RequestKey, View};
use tokio_postgres::Row;

use crate::call::{Call, Shared};
use crate::connections::connection::Connection;
use crate::error::Failure;
use crate::row;

/// Reads operations by name.
#[derive(Debug)]
pub(crate) struct Get(pub(crate) Vec<OperationName>);

impl Call for Get {
    type Answer = Vec<Option<View>>;
    const WRITES: bool = false;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let names: Vec<&str> = self.0.iter().map(OperationName::as_str).collect();
        let rows = connection.rows(&shared.queries.get, &[&shared.now(), &names]).await?;
        let mut views = HashMap::with_capacity(rows.len());
        for row in &rows {
            if row::get::<Option<&str>>(row, 0)?.is_some() && !is_expired(row, row::VIEW)? {
                let view = row::view(row)?;
                views.insert(view.name().clone(), view);
            }
        }
        Ok(self.0.iter().map(|name| views.get(name).cloned()).collect())
    }
}

/// Reads the operation of a request.
#[derive(Debug)]
pub(crate) struct Find(pub(crate) RequestKey);

impl Call for Find {
    type Answer = Option<Record>;
    const WRITES: bool = false;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let RequestKey { owner, method, id, .. } = &self.0;
        let parameters: crate::connections::connection::Parameters<'_> =
            &[&shared.now(), &owner.as_str(), &&**method, &id.as_str()];
        let rows = connection.rows(&shared.queries.find, parameters).await?;
        match rows.first() {
            Some(row) if !is_expired(row, row::RECORD)? => Ok(Some(row::record(row)?)),
            _ => Ok(None),
        }
    }
}

/// Whether the time in a column is over at the time in the next.
fn is_expired(row: &Row, at: usize) -> Result<bool, Failure> {
    let (expire_time, now): (Option<i64>, i64) = (row::get(row, at)?, row::get(row, at + 1)?);
    Ok(expire_time.is_some_and(|time| time <= now))
}
