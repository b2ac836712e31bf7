//! Creating many operations that have no exclusive key, in one statement.

use std::collections::HashMap;

use lro_store::{Created, Creation, NewOperation, Timestamp, View};

use crate::Mode;
use crate::call::{Call, Shared};
use crate::connections::connection::{Begin, Connection, Step};
use crate::error::Failure;
use crate::row;
use crate::row::change::Effects;
use crate::row::columns::{New, Outcomes};

/// Creates what nothing stands in the way of. An item without an answer was not created.
#[derive(Debug)]
pub(crate) struct CreateBatch {
    /// In the order in which all batches write them, so that two batches do not wait for each other: by request and
    /// then by name. With each its place in the call.
    items: Vec<(usize, NewOperation)>,
    /// As they would be at time zero.
    views: Vec<View>,
}

impl CreateBatch {
    pub(crate) fn new(mut items: Vec<(usize, NewOperation)>) -> Self {
        items.sort_by_cached_key(|(_, new)| {
            let request = new.request_key().map(|key| (key.owner, key.method, key.id));
            (request, new.name().clone())
        });
        let views = items.iter().map(|(_, new)| New::at_zero(new)).collect();
        Self { items, views }
    }

    pub(crate) fn into_items(self) -> Vec<(usize, NewOperation)> {
        self.items
    }
}

impl Call for CreateBatch {
    type Answer = Vec<Option<Creation>>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let mut columns = New::default();
        for ((_, new), view) in self.items.iter().zip(&self.views) {
            columns.push(new, view, true);
        }
        let now = shared.now();
        let create = parameters(&now, &columns);
        let locks = self.locks(shared);
        let lock: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&locks];
        let mut steps: Vec<Step<'_>> = Vec::new();
        if !locks.is_empty() {
            // In a statement of its own: what it waits for, the next one sees.
            steps.push((&shared.queries.lock_shared, &lock));
        }
        steps.push((&shared.queries.create, &create));
        let rows = if steps.len() == 1 && shared.mode != Mode::Portable {
            connection.rows(steps[0].0, steps[0].1).await?
        } else {
            connection.transact(Begin::Durable, &steps).await?.pop().unwrap_or_default()
        };
        let mut made: HashMap<&str, (i64, bool)> = HashMap::with_capacity(rows.len());
        for row in &rows {
            made.insert(row::get(row, 0)?, (row::get(row, 1)?, row::get(row, 2)?));
        }
        let mut effects = Effects::default();
        let mut answer = |new: &NewOperation| {
            let (now, claimed) = made.get(new.name().as_str())?;
            let view = new.clone().into_record(Timestamp::from_micros(*now), *claimed).view;
            effects.created(&view);
            Some(Creation::Created(Created::new(view, [])))
        };
        let answers = self.items.iter().map(|(_, new)| answer(new)).collect();
        effects.publish_known(shared);
        Ok(answers)
    }
}

impl CreateBatch {
    /// The locks of the workers that get some of them.
    fn locks(&self, shared: &Shared) -> Vec<i64> {
        if shared.mode == Mode::Portable {
            return Vec::new();
        }
        let worker = |(_, new): &(usize, NewOperation)| Some(shared.locks.worker(new.claimed_by()?));
        let mut locks: Vec<i64> = self.items.iter().filter_map(worker).collect();
        locks.sort_unstable();
        locks.dedup();
        locks
    }
}

/// The parameters of the statement that creates.
pub(super) fn parameters<'a>(
    now: &'a (dyn tokio_postgres::types::ToSql + Sync),
    columns: &'a New<'_>,
) -> [&'a (dyn tokio_postgres::types::ToSql + Sync); 26] {
    let Outcomes { responses, codes, messages, details } = &columns.outcomes;
    [
        now,
        &columns.names,
        &columns.parents,
        &columns.methods,
        &columns.owners,
        &columns.request_ids,
        &columns.requests.types,
        &columns.requests.values,
        &columns.keys,
        &columns.labels,
        &columns.priorities,
        &columns.max_attempts,
        &columns.retries,
        &columns.deadlines,
        &columns.retentions,
        &columns.delays,
        &columns.metadata.types,
        &columns.metadata.values,
        &columns.beginnings,
        &columns.holders,
        &columns.may_run,
        &responses.types,
        &responses.values,
        codes,
        messages,
        details,
    ]
}
