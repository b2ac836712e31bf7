//! Giving work to workers.

use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError};

use lro_store::{Claim, Cursor, Record, View};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::Mode;
use crate::call::{Call, Shared};
use crate::connection::{Begin, Connection, Step};
use crate::error::Failure;
use crate::row;

/// How many keys one claim looks at.
const KEYS: i64 = 256;

/// Where the next claim begins to look at keys, so that those at the end are not always passed over.
#[derive(Debug, Default)]
pub(crate) struct NextKey(Mutex<String>);

impl NextKey {
    fn get(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, key: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }
}

/// Gives work to a worker.
#[derive(Debug)]
pub(crate) struct ClaimSome {
    pub(crate) claim: Claim,
    pub(crate) next_key: std::sync::Arc<NextKey>,
}

impl Call for ClaimSome {
    type Answer = Vec<Record>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let now = shared.now();
        let (methods, most, limit) = self.limits();
        if methods.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let worker = self.claim.worker.as_str();
        let locks = [shared.locks.worker(&self.claim.worker)];
        let locks: &[i64] = &locks;
        let lock: [&(dyn ToSql + Sync); 1] = [&locks];
        let promote: [&(dyn ToSql + Sync); 1] = [&now];
        let claim: [&(dyn ToSql + Sync); 5] = [&now, &methods, &most, &worker, &limit];
        let mut steps: Vec<Step<'_>> =
            vec![(&shared.queries.promote, &promote), (&shared.queries.claim, &claim)];
        if shared.mode != Mode::Portable {
            // Whether the worker lives is decided by what is committed once the lock is held.
            steps.insert(0, (&shared.queries.lock_shared, &lock));
        }
        let rows = connection.transact(Begin::Durable, &steps).await?.pop().unwrap_or_default();
        let waits_under_a_key =
            rows.first().map(|row| row::get(row, row::RECORD)).transpose()?.unwrap_or(false);
        if !waits_under_a_key {
            return records(&rows);
        }
        let keys = self.claimable_keys(shared, connection, &methods).await?;
        let keys = lock_keys(shared, connection, &lock, keys).await?;
        let claim: [&(dyn ToSql + Sync); 6] = [&now, &methods, &most, &worker, &limit, &keys];
        let rows = connection.commit(&[(&shared.queries.claim_keyed, &claim)]).await?;
        records(&rows.into_iter().flatten().collect::<Vec<_>>())
    }
}

impl ClaimSome {
    fn limits(&self) -> (Vec<&str>, Vec<i64>, i64) {
        let limit = i64::try_from(self.claim.limit).unwrap_or(i64::MAX);
        let wanted = || self.claim.methods.iter().filter(|method| method.limit > 0);
        let most =
            wanted().map(|method| i64::try_from(method.limit).unwrap_or(i64::MAX).min(limit)).collect();
        (wanted().map(|method| &*method.method).collect(), most, limit)
    }

    /// Keys whose holder waits and can be claimed, as far as this look goes.
    async fn claimable_keys(
        &self,
        shared: &Shared,
        connection: &Connection,
        methods: &[&str],
    ) -> Result<Vec<String>, Failure> {
        let (now, after) = (shared.now(), self.next_key.get());
        let rows = connection.rows(&shared.queries.claimable_keys, &[&now, &after, &methods, &KEYS]).await?;
        let (mut keys, mut last) = (Vec::new(), String::new());
        for row in &rows {
            let key: String = row::get(row, 0)?;
            if row::get(row, 1)? {
                keys.push(key);
            } else {
                last = key;
            }
        }
        self.next_key.set(last);
        Ok(keys)
    }
}

/// Begins a transaction that has locked the worker and those of the keys that nobody else has; which.
async fn lock_keys(
    shared: &Shared,
    connection: &Connection,
    worker: &[&(dyn ToSql + Sync)],
    keys: Vec<String>,
) -> Result<Vec<String>, Failure> {
    if shared.mode == Mode::Portable {
        connection.begin(&[]).await?;
        return Ok(keys);
    }
    let locks: Vec<i64> = keys.iter().map(|key| shared.locks.key_text(key)).collect();
    let rows = connection
        .begin(&[(&shared.queries.lock_shared, worker), (&shared.queries.try_lock, &[&locks])])
        .await?;
    let taken = rows.into_iter().nth(1).unwrap_or_default();
    let taken: Vec<bool> = taken.iter().map(|row| row::get(row, 0)).collect::<Result<_, _>>()?;
    Ok(keys.into_iter().zip(taken).filter(|(_, taken)| *taken).map(|(key, _)| key).collect())
}

/// The records of rows that have one, in the order of the queue.
fn records(rows: &[Row]) -> Result<Vec<Record>, Failure> {
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        if row::get::<Option<&str>>(row, 0)?.is_some() {
            records.push(row::record(row)?);
        }
    }
    records.sort_by_cached_key(|record| place(&record.view));
    Ok(records)
}

fn place(view: &View) -> (Reverse<i16>, Cursor) {
    (Reverse(view.priority()), Cursor::from(view))
}
