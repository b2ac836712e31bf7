//! What time brings: deadlines, and the end of retention.

use lro_store::{Sweep, Timestamp, Worker};

use crate::call::{Call, Shared};
use crate::connections::connection::{Begin, Connection, Executor};
use crate::error::Failure;
use crate::row::change::{Changed, Effects, views, write_back};
use crate::row::columns::micros;
use crate::{partition, row};

/// Ends what is past its deadline, or asks its work to stop.
#[derive(Debug)]
pub(crate) struct Expire(pub(crate) usize);

impl Call for Expire {
    type Answer = Sweep;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let now = shared.now();
        // Mostly there is none, and then one statement says so.
        let any = connection.rows(&shared.queries.any_past_deadline, &[&now]).await?;
        if !any.first().map(|row| row::get(row, 0)).transpose()?.unwrap_or(false) {
            return Ok(Sweep::new());
        }
        let limit = i64::try_from(self.0).unwrap_or(i64::MAX);
        let rows = connection.begin(&[(&shared.queries.lock_past_deadline, &[&now, &limit])]).await?;
        let (views, now) = views(rows.first().map(Vec::as_slice).unwrap_or_default())?;
        let now = now.unwrap_or_default();
        let mut changed = Vec::with_capacity(views.len());
        for before in views {
            if let Ok(after) = before.expire(Timestamp::from_micros(now)) {
                changed.push(Changed { before, after });
            }
        }
        let mut effects = Effects::default();
        write_back(shared, Executor::Own(connection), now, &changed, &[], true, &mut effects).await?;
        effects.publish(shared, connection).await;
        Ok(changed.into_iter().map(|changed| changed.after).collect())
    }
}

/// Removes operations whose retention is over, and workers that are long gone; how many operations.
#[derive(Debug)]
pub(crate) struct Purge(pub(crate) usize);

impl Call for Purge {
    type Answer = usize;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let (now, memory) = (shared.now(), micros(Worker::MEMORY));
        let any = connection.rows(&shared.queries.any_outdated, &[&now, &memory]).await?;
        let Some(any) = any.first() else { return Ok(0) };
        if row::get(any, 1)? {
            connection
                .transact(Begin::Durable, &[(&shared.queries.forget_workers, &[&now, &memory])])
                .await?;
        }
        if let Some(span) = shared.span {
            return partition::purge(shared, connection, span, self.0).await;
        }
        if !row::get::<bool>(any, 0)? {
            return Ok(0);
        }
        let limit = i64::try_from(self.0).unwrap_or(i64::MAX);
        let rows = connection.transact(Begin::Durable, &[(&shared.queries.purge, &[&now, &limit])]).await?;
        let count: i64 = rows.iter().flatten().next().map_or(Ok(0), |row| row::get(row, 0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}
