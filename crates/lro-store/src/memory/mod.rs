//! A store that forgets everything when the process ends.

mod builder;
mod create;
mod entry;
mod groups;
mod held;
mod keys;
mod queue;
mod table;
mod times;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;

pub use self::builder::MemoryStoreBuilder;
use self::table::Table;
use crate::{
    Change, ChangeHub, Changes, Claim, Clock, Creation, Cursor, Error, Fence, Finish, InTransaction,
    KeepAlive, ListQuery, NewOperation, OperationName, Page, Record, Release, Report, RequestKey, StopReason,
    Store, Sweep, Timestamp, TransitionError, View, Worker, WorkerId, WriteResult,
};

/// A store in memory: for tests, for development, and for servers whose operations may end with them.
///
/// Clones are the same store. Nothing survives the process.
///
/// It is bounded: beyond its capacity, 256 MiB unless [`builder`](Self::builder) sets another one, it forgets
/// operations that are done, those first whose retention ends first. What is not done is never forgotten; when
/// there is no room beside it, new operations are refused ([`Creation::Full`]).
///
/// A list of one parent or of all operations costs what it returns. One that selects among them looks at a few
/// thousand operations a call, and its pages may be short.
#[derive(Debug, Clone)]
pub struct MemoryStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Box<dyn Clock>,
    /// Those who read share it.
    table: RwLock<Table>,
    hub: ChangeHub,
}

/// At most how many operations one list looks at beyond those that it returns.
const LOOKS: usize = 2_000;

impl MemoryStore {
    /// An empty store on the system's clock.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// An empty store on the given clock.
    pub fn with_clock(clock: impl Clock) -> Self {
        Self::builder().clock(clock).build()
    }

    /// Begins a store with other settings.
    pub fn builder() -> MemoryStoreBuilder {
        MemoryStoreBuilder::new()
    }

    fn build(clock: Box<dyn Clock>, capacity: usize) -> Self {
        let table = RwLock::new(Table::new(capacity));
        Self(Arc::new(Shared { clock, table, hub: ChangeHub::default() }))
    }

    /// Looks at everything as it is at one moment.
    fn look<T>(&self, look: impl FnOnce(&Table, Timestamp) -> T) -> T {
        let now = self.0.clock.now();
        look(&self.0.table.read().expect("no step panics, so no lock is poisoned"), now)
    }

    /// Runs one atomic step at one moment, and then publishes what it changed.
    fn step<T>(&self, act: impl FnOnce(&mut Table, Timestamp) -> T) -> T {
        // The clock is the user's code. It may panic or be slow, so it is read before the lock is taken.
        let now = self.0.clock.now();
        let mut table = self.0.table.write().expect("no step panics, so no lock is poisoned");
        table.begin(now);
        let answer = act(&mut table, now);
        let hints = table.take_hints();
        drop(table);
        for hint in hints {
            self.0.hub.publish(&hint);
        }
        answer
    }

    /// Applies a transition to each operation that is written to.
    fn write<T>(
        &self,
        items: Vec<T>,
        fence: impl Fn(&T) -> &Fence,
        transition: impl Fn(T, &View, Timestamp) -> Result<Written, TransitionError>,
    ) -> Vec<WriteResult> {
        self.step(|table, now| {
            let write = |item: T| {
                let name = fence(&item).name.clone();
                let Some(entry) = table.live(&name, now) else { return WriteResult::Deleted };
                match transition(item, &entry.view, now) {
                    Err(TransitionError::Done) => WriteResult::Done,
                    Err(_) => WriteResult::Lost,
                    Ok(Written { is_refused: true, .. }) => WriteResult::Refused(InTransaction::unknown()),
                    Ok(Written { view, checkpoint, .. }) => {
                        let (stop, update_time) = (view.stop().cloned(), view.update_time());
                        table.replace(&view, checkpoint);
                        WriteResult::Applied { stop, update_time }
                    }
                }
            };
            items.into_iter().map(write).collect()
        })
    }
}

/// What a write makes of an operation.
struct Written {
    view: View,
    /// Replaces the checkpoint, if there is one.
    checkpoint: Option<crate::Payload>,
    /// Something else is to be written with it, which this store cannot do.
    is_refused: bool,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        Ok(self.step(|table, now| {
            operations.into_iter().map(|operation| create::create(table, operation, now)).collect()
        }))
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        Ok(self
            .look(|table, now| names.iter().map(|name| Some(table.live(name, now)?.view.clone())).collect()))
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        Ok(self.look(|table, now| table.live_by_request(request, now).map(entry::Entry::record)))
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        Ok(self.look(|table, now| {
            let (mut views, mut bytes, mut last) = (Vec::new(), 0, None);
            for (looks, view) in table.newest_first(query).enumerate() {
                if query.create_time.from.is_some_and(|from| view.create_time() < from) {
                    break;
                }
                let selected = !view.is_expired(now) && query.selects(view);
                let full = selected && !views.is_empty() && bytes + view.size() > query.max_bytes;
                if full || views.len() == query.limit || looks == query.limit + LOOKS {
                    return Page::new(views, last);
                }
                if selected {
                    bytes += view.size();
                    views.push(view.clone());
                }
                last = Some(Cursor::from(view));
            }
            Page::new(views, None)
        }))
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        Ok(self.step(|table, now| {
            let delete = |name: &OperationName| {
                let existed = table.live(name, now).is_some();
                if existed {
                    table.remove(name);
                    table.hint(Change::Deleted(name.clone()));
                }
                existed
            };
            names.iter().map(delete).collect()
        }))
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        Ok(self.step(|table, now| {
            let cancel = |name: &OperationName| {
                let Some(entry) = table.live(name, now) else { return false };
                let after = entry.view.request_stop(StopReason::Cancelled, now);
                table.replace(&after, None);
                true
            };
            names.iter().map(cancel).collect()
        }))
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        Ok(self.step(|table, now| {
            let kept = match table.worker(worker) {
                Some(known) => known.keep_alive(lease, now),
                None => Worker::new(lease, now),
            };
            let alive = kept.is_alive();
            table.put_worker(worker, kept);
            let stops = table.stops(worker);
            if alive { KeepAlive::alive(stops) } else { KeepAlive::gone(stops) }
        }))
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        Ok(self.step(|table, now| {
            let known = table.worker(worker).cloned().unwrap_or_else(|| Worker::new(Duration::ZERO, now));
            table.put_worker(worker, known.leave(now));
            table.reclaim(worker, usize::MAX, now).into_iter().collect()
        }))
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        Ok(self.step(|table, now| {
            if !table.worker(worker).is_some_and(|worker| worker.may_reclaim(now)) {
                return Sweep::new();
            }
            for lost in table.workers_that_are_over(now) {
                let left = table.worker(&lost).expect("it was just found").leave(now);
                table.put_worker(&lost, left);
            }
            let mut sweep = Sweep::new();
            for gone in table.holders_that_are_gone() {
                sweep.extend(table.reclaim(&gone, limit - sweep.count, now));
            }
            sweep
        }))
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        Ok(self.look(|table, _| table.held(worker, after).take(limit).filter_map(View::fence).collect()))
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        Ok(self.step(|table, now| {
            if !table.worker(&claim.worker).is_some_and(Worker::is_alive) {
                return Vec::new();
            }
            table.promote(now);
            let begun = table.claimable(claim, now);
            let run = |running: View| {
                let name = running.name().clone();
                table.replace(&running, None);
                table.get(&name).map(entry::Entry::record)
            };
            begun.into_iter().filter_map(run).collect()
        }))
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        Ok(self.write(
            reports,
            |report| &report.fence,
            |Report { fence, metadata, checkpoint, in_transaction }, view, now| {
                let view = view.report(&fence, metadata, now)?;
                Ok(Written { view, checkpoint, is_refused: in_transaction.is_some() })
            },
        ))
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        Ok(self.write(
            finishes,
            |finish| &finish.fence,
            |Finish { fence, outcome, metadata, in_transaction }, view, now| {
                let view = view.finish(&fence, outcome, metadata, now)?;
                Ok(Written { view, checkpoint: None, is_refused: in_transaction.is_some() })
            },
        ))
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        Ok(self.write(
            releases,
            |release| &release.fence,
            |Release { fence, interruption, metadata }, view, now| {
                let view = view.release(&fence, interruption, metadata, now)?;
                Ok(Written { view, checkpoint: None, is_refused: false })
            },
        ))
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        Ok(self.step(|table, now| {
            let names = table.past_deadline(now, limit);
            let expire = |name: &OperationName| {
                let after = table.get(name)?.view.expire(now).ok()?;
                table.replace(&after, None);
                Some(after)
            };
            names.iter().filter_map(expire).collect()
        }))
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        Ok(self.step(|table, now| {
            table.forget_workers(now);
            let names = table.outdated(now, limit);
            for name in &names {
                table.remove(name);
            }
            names.len()
        }))
    }

    fn changes(&self) -> Changes {
        self.0.hub.subscribe()
    }
}
