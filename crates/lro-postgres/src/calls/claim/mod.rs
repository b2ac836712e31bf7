//! Giving work to workers.

mod entry;

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lro_store::{Claim, Cursor, MethodLimit, Record, View};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use self::entry::Entries;
use crate::Mode;
use crate::call::{Call, Shared};
use crate::connections::connection::{Begin, Connection, Step};
use crate::error::Failure;
use crate::row;

/// How many keys one claim looks at.
const KEYS: i64 = 256;

/// After how many claims in vain a single statement first looks whether another one would be in vain too. Not after the
/// first one, because that is how a store finds out that it has emptied a queue, and the next work may be there at once.
const QUIET: u32 = 2;

/// Where claims of a store begin to look.
#[derive(Debug, Default)]
pub(crate) struct Places {
    key: NextKey,
    entries: Entries,
    /// Claims of one store come one after the other: a claim would pass over what an earlier one has locked, whose caller
    /// has given up, and the worker would learn of that work from neither. Whose turn it is knows how many claims have
    /// found nothing since one has found something.
    turn: tokio::sync::Mutex<u32>,
}

/// Where the next claim begins to look at keys, so that those at the end are not always passed over.
#[derive(Debug, Default)]
struct NextKey(Mutex<String>);

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
    pub(crate) places: Arc<Places>,
}

impl Call for ClaimSome {
    type Answer = Vec<Record>;

    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        if self.wanted().next().is_none() || self.claim.limit == 0 {
            return Ok(Vec::new());
        }
        let mut in_vain = self.places.turn.lock().await;
        if *in_vain >= QUIET && !self.may_find(shared, connection).await? {
            return Ok(Vec::new());
        }
        let (mut records, is_behind_head) = self.claim(shared, connection, false).await?;
        if records.is_empty() && is_behind_head {
            // There may be something before the places where the queues were entered.
            records = self.claim(shared, connection, true).await?.0;
        }
        *in_vain = if records.is_empty() { in_vain.saturating_add(1) } else { 0 };
        Ok(records)
    }
}

impl ClaimSome {
    fn wanted(&self) -> impl Iterator<Item = &MethodLimit> {
        self.claim.methods.iter().filter(|method| method.limit > 0)
    }

    /// Whether a claim is worth its transaction.
    async fn may_find(&self, shared: &Shared, connection: &Connection) -> Result<bool, Failure> {
        let methods: Vec<&str> = self.wanted().map(|method| &*method.method).collect();
        let rows = connection.rows(&shared.queries.any_claimable, &[&shared.now(), &methods]).await?;
        rows.first().map_or(Ok(false), |row| row::get(row, 0))
    }

    /// Claims once; also whether some queue was not entered at its head.
    async fn claim(
        &self,
        shared: &Shared,
        connection: &Connection,
        from_head: bool,
    ) -> Result<(Vec<Record>, bool), Failure> {
        let now = shared.now();
        let limit = i64::try_from(self.claim.limit).unwrap_or(i64::MAX);
        let methods: Vec<&str> = self.wanted().map(|method| &*method.method).collect();
        let most: Vec<i64> =
            self.wanted().map(|method| i64::try_from(method.limit).unwrap_or(i64::MAX).min(limit)).collect();
        let wanted = self.wanted().map(|method| &method.method);
        let (places, is_behind_head) = self.places.entries.enter(wanted, from_head);
        let (ranks, times): (Vec<i32>, Vec<i64>) = places.into_iter().unzip();
        let worker = self.claim.worker.as_str();
        let locks = [shared.locks.worker(&self.claim.worker)];
        let locks: &[i64] = &locks;
        let lock: [&(dyn ToSql + Sync); 1] = [&locks];
        let promote: [&(dyn ToSql + Sync); 1] = [&now];
        let claim: [&(dyn ToSql + Sync); 7] = [&now, &methods, &most, &worker, &limit, &ranks, &times];
        let mut steps: Vec<Step<'_>> =
            vec![(&shared.queries.promote, &promote), (&shared.queries.claim, &claim)];
        if shared.mode != Mode::Portable {
            // Whether the worker lives is decided by what is committed once the lock is held.
            steps.insert(0, (&shared.queries.lock_shared, &lock));
        }
        let began = Instant::now();
        let rows = connection.transact(Begin::Durable, &steps).await?.pop().unwrap_or_default();
        let waits_under_a_key =
            rows.first().map(|row| row::get(row, row::RECORD)).transpose()?.unwrap_or(false);
        if !waits_under_a_key {
            let records = records(&rows)?;
            self.note(&records);
            if !is_behind_head {
                self.places.entries.note_head(began.elapsed());
            }
            return Ok((records, is_behind_head));
        }
        let keys = self.claimable_keys(shared, connection, &methods).await?;
        let keys = lock_keys(shared, connection, &lock, keys).await?;
        let claim: [&(dyn ToSql + Sync); 6] = [&now, &methods, &most, &worker, &limit, &keys];
        let rows = connection.commit(&[(&shared.queries.claim_keyed, &claim)]).await?;
        Ok((records(&rows.into_iter().flatten().collect::<Vec<_>>())?, false))
    }

    /// Notes how far the queues were emptied.
    fn note(&self, records: &[Record]) {
        let is_full = records.len() >= self.claim.limit;
        for method in self.wanted() {
            let of_method = records.iter().filter(|record| *record.view.method() == method.method);
            let last = of_method.clone().next_back().map(|record| &record.view);
            let count = of_method.count();
            self.places.entries.note(&method.method, last, count, is_full || count >= method.limit);
        }
    }

    /// Keys whose holder waits and can be claimed, as far as this look goes.
    async fn claimable_keys(
        &self,
        shared: &Shared,
        connection: &Connection,
        methods: &[&str],
    ) -> Result<Vec<String>, Failure> {
        let (now, after) = (shared.now(), self.places.key.get());
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
        self.places.key.set(last);
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
