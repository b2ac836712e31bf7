//! A store that forgets everything when the process ends.

mod table;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use self::table::Table;
use crate::{
    ChangeHub, ChangeKind, Changes, Claim, Clock, Cursor, Error, Fenced, Finish, LeaseId, LeaseStatus,
    ListQuery, NewOperation, OnConflict, OperationName, Page, Progress, Record, Refusal, RequestKey, Store,
    SystemClock, Timestamp,
};

/// A store in memory: for tests, for development, and for servers whose operations may end with them.
///
/// Clones are the same store. Nothing survives the process. A list looks at every operation that is newer
/// than its page.
#[derive(Debug, Clone)]
pub struct MemoryStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Box<dyn Clock>,
    table: Mutex<Table>,
    hub: ChangeHub,
}

impl MemoryStore {
    /// An empty store on the system's clock.
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// An empty store on the given clock.
    pub fn with_clock(clock: impl Clock) -> Self {
        let shared = Shared { clock: Box::new(clock), table: Mutex::default(), hub: ChangeHub::default() };
        Self(Arc::new(shared))
    }

    /// Runs one atomic step at one moment, and then publishes what it changed.
    fn step<T>(&self, act: impl FnOnce(&mut Table, Timestamp, &mut Hints) -> T) -> T {
        let mut hints = Hints::new();
        // The clock is the user's code. It may panic or be slow, so it is read before the lock is taken.
        let now = self.0.clock.now();
        let mut table = self.0.table.lock().expect("no step panics, so no lock is poisoned");
        let answer = act(&mut table, now, &mut hints);
        drop(table);
        for (name, kind) in hints {
            self.0.hub.publish(&name, kind);
        }
        answer
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

type Hints = Vec<(OperationName, ChangeKind)>;

#[async_trait]
impl Store for MemoryStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Result<Record, Error>>, Error> {
        Ok(self.step(|table, now, hints| {
            operations.into_iter().map(|operation| create(table, operation, now, hints)).collect()
        }))
    }

    async fn get(&self, names: &[OperationName]) -> Result<Vec<Option<Record>>, Error> {
        Ok(self.step(|table, _, _| names.iter().map(|name| table.get(name).cloned()).collect()))
    }

    async fn find(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        Ok(self.step(|table, _, _| table.first(request).cloned()))
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        Ok(self.step(|table, _, _| {
            let mut found = table
                .newest_first(query.after.as_ref())
                .filter(|record| query.parent.matches(record.name().parent()));
            let records: Vec<Record> = found.by_ref().take(query.limit).cloned().collect();
            let next = found.next().and(records.last()).map(Cursor::from);
            Page { records, next }
        }))
    }

    async fn delete(&self, name: &OperationName) -> Result<bool, Error> {
        Ok(self.step(|table, _, hints| {
            let existed = table.remove(name).is_some();
            if existed {
                hints.push((name.clone(), ChangeKind::Deleted));
            }
            existed
        }))
    }

    async fn request_cancel(&self, name: &OperationName) -> Result<Option<Record>, Error> {
        Ok(self.step(|table, now, hints| {
            let before = table.get(name)?;
            let after = before.request_cancel(now);
            if after != *before {
                let kind = if after.is_done() { ChangeKind::Done } else { ChangeKind::CancelRequested };
                hints.push((name.clone(), kind));
                table.put(after.clone());
            }
            Some(after)
        }))
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        Ok(self.step(|table, now, _| {
            let oldest = table.oldest_queued(&claim.methods, claim.limit);
            let run = |record: &Record| record.claim(&claim.worker, claim.lease, now).ok();
            let claimed: Vec<Record> = oldest.into_iter().filter_map(run).collect();
            for record in &claimed {
                table.put(record.clone());
            }
            claimed
        }))
    }

    async fn expire(&self, limit: usize) -> Result<usize, Error> {
        Ok(self.step(|table, now, hints| {
            let expired = table.expired(now, limit);
            let count = expired.len();
            for record in expired {
                hints.push((record.name().clone(), left_by_worker(&record)));
                table.put(record);
            }
            count
        }))
    }

    async fn heartbeat(&self, leases: &[LeaseId], lease: Duration) -> Result<Vec<LeaseStatus>, Error> {
        Ok(self.step(|table, now, _| {
            leases.iter().map(|id| held(table, id, |record| record.extend(id, lease, now))).collect()
        }))
    }

    async fn progress(&self, items: Vec<Progress>) -> Result<Vec<LeaseStatus>, Error> {
        Ok(self.step(|table, now, _| {
            let write = |Progress { lease, metadata }| {
                held(table, &lease, |record| record.progress(&lease, metadata, now))
            };
            items.into_iter().map(write).collect()
        }))
    }

    async fn finish(&self, items: Vec<Finish>) -> Result<Vec<Fenced>, Error> {
        Ok(self.step(|table, now, hints| {
            let write = |Finish { lease, outcome }| {
                ended(table, hints, &lease, |record| record.finish(&lease, outcome, now))
            };
            items.into_iter().map(write).collect()
        }))
    }

    async fn release(&self, leases: &[LeaseId]) -> Result<Vec<Fenced>, Error> {
        Ok(self.step(|table, now, hints| {
            leases.iter().map(|id| ended(table, hints, id, |record| record.release(id, now))).collect()
        }))
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        Ok(self.step(|table, now, _| {
            let names = table.outdated(now, limit);
            names.iter().filter(|name| table.remove(name).is_some()).count()
        }))
    }

    fn changes(&self) -> Changes {
        self.0.hub.subscribe()
    }
}

fn create(
    table: &mut Table,
    operation: NewOperation,
    now: Timestamp,
    hints: &mut Hints,
) -> Result<Record, Error> {
    if let Some(first) = operation.request_key().and_then(|key| table.first(key)) {
        return Err(Error::repeated(first.clone()));
    }
    if table.get(operation.name()).is_some() {
        return Err(Error::already_exists(operation.name().clone()));
    }
    if let Some((key, on_conflict)) = operation.wants_exclusive()
        && let Some(holder) = table.holder(key)
    {
        match on_conflict {
            OnConflict::Abort => return Err(Error::conflict(key.clone(), holder.clone())),
        }
    }
    let record = operation.into_record(now);
    if record.lease().is_none() {
        hints.push((record.name().clone(), ChangeKind::Claimable));
    }
    table.put(record.clone());
    Ok(record)
}

fn held(
    table: &mut Table,
    id: &LeaseId,
    transition: impl FnOnce(&Record) -> Result<Record, Refusal>,
) -> LeaseStatus {
    match table.get(&id.name).map(transition) {
        None => LeaseStatus::Deleted,
        Some(Err(_)) => LeaseStatus::Lost,
        Some(Ok(record)) => {
            let cancel_requested = record.cancel_requested();
            table.put(record);
            LeaseStatus::Held { cancel_requested }
        }
    }
}

fn ended(
    table: &mut Table,
    hints: &mut Hints,
    id: &LeaseId,
    transition: impl FnOnce(&Record) -> Result<Record, Refusal>,
) -> Fenced {
    match table.get(&id.name).map(transition) {
        None => Fenced::Deleted,
        Some(Err(_)) => Fenced::Lost,
        Some(Ok(record)) => {
            hints.push((id.name.clone(), left_by_worker(&record)));
            table.put(record);
            Fenced::Applied
        }
    }
}

/// What there is to tell of a record that no worker has any more.
fn left_by_worker(record: &Record) -> ChangeKind {
    if record.is_done() { ChangeKind::Done } else { ChangeKind::Claimable }
}
