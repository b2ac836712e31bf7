//! Asking operations to stop, and forgetting them.

use std::collections::HashSet;

use lro_store::{Change, OperationName, StopReason, Timestamp};

use crate::call::{Call, Shared};
use crate::connections::connection::{Begin, Connection, Executor, Step};
use crate::error::Failure;
use crate::row;
use crate::row::change::{Changed, Effects, views, write_back};

/// Asks operations to stop because they were cancelled; whether each exists.
#[derive(Debug)]
pub(crate) struct CancelAll(pub(crate) Vec<OperationName>);

impl Call for CancelAll {
    type Answer = Vec<bool>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let names: Vec<&str> = self.0.iter().map(OperationName::as_str).collect();
        let given = shared.now();
        let rows = connection.begin(&[(&shared.queries.lock_named, &[&given, &names])]).await?;
        let (views, now) = views(rows.first().map(Vec::as_slice).unwrap_or_default())?;
        let cancel = |before: lro_store::View| {
            let now = Timestamp::from_micros(now.unwrap_or_default());
            let after = before.request_stop(StopReason::Cancelled, now);
            Changed { before, after }
        };
        let changed: Vec<Changed> = views.into_iter().map(cancel).collect();
        // What ends now may be over its retention at once.
        let mut exist: HashSet<&str> = changed.iter().map(|changed| changed.before.name().as_str()).collect();
        let (executor, mut effects) = (Executor::Own(connection), Effects::default());
        let then: [Step<'_>; 1] = [(&shared.queries.standing, &[&given, &names])];
        let now = now.unwrap_or_default();
        let rows = write_back(shared, executor, now, &changed, &then, true, &mut effects).await?;
        effects.publish(shared, connection).await;
        for row in rows.iter().flatten() {
            if row::get::<Option<bool>>(row, 1)?.is_some() {
                exist.insert(row::get(row, 0)?);
            }
        }
        Ok(names.iter().map(|name| exist.contains(name)).collect())
    }
}

/// Forgets operations; whether each existed.
#[derive(Debug)]
pub(crate) struct DeleteAll(pub(crate) Vec<OperationName>);

impl Call for DeleteAll {
    type Answer = Vec<bool>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let names: Vec<&str> = self.0.iter().map(OperationName::as_str).collect();
        let now = shared.now();
        // What is about to end moves to another table, where a statement that had begun before would not see it.
        // So the rows are locked by a statement of their own.
        let steps: [Step<'_>; 2] =
            [(&shared.queries.lock_rows, &[&names]), (&shared.queries.delete, &[&now, &names])];
        let rows = connection.transact(Begin::Durable, &steps).await?.pop().unwrap_or_default();
        let (mut effects, mut existed) = (Effects::default(), HashSet::new());
        for row in &rows {
            existed.insert(row::get::<&str>(row, 0)?);
            effects.push(Change::Deleted(row::name(row, 0)?));
            effects.key(row::get(row, 1)?);
        }
        effects.publish(shared, connection).await;
        Ok(names.iter().map(|name| existed.contains(name)).collect())
    }
}
