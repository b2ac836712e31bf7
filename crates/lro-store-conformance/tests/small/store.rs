//! The calls of the small store: each is one step on its data.

use std::cmp::Reverse;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lro_store::{
    ChangeHub, Changes, Claim, Clock, Creation, Cursor, Error, Fence, Finish, Holder, InTransaction,
    KeepAlive, ListQuery, NewOperation, OperationName, Page, Record, Release, Report, RequestKey, Stop,
    StopReason, Store, Sweep, Timestamp, TransitionError, View, Worker, WorkerId, WriteResult,
};

use crate::data::Data;

/// It looks at everything in every call and sends no hints, so it is for reading and not for use.
#[derive(Debug, Clone)]
pub(crate) struct SmallStore {
    clock: Arc<dyn Clock>,
    data: Arc<Mutex<Data>>,
    hub: ChangeHub,
}

impl SmallStore {
    pub(crate) fn new(clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), data: Arc::default(), hub: ChangeHub::default() }
    }

    /// One atomic step at one moment.
    fn step<T>(&self, act: impl FnOnce(&mut Data, Timestamp) -> T) -> Result<T, Error> {
        let now = self.clock.now();
        let mut data = self.data.lock().map_err(|_| Error::internal("an earlier call has panicked"))?;
        data.set_aside_what_is_expired(now);
        Ok(act(&mut data, now))
    }

    /// Applies a transition to each operation that is written to.
    fn write<T>(
        &self,
        items: Vec<T>,
        fence: impl Fn(&T) -> &Fence,
        along: impl Fn(&T) -> Option<&InTransaction>,
        apply: impl Fn(T, &mut Record, Timestamp) -> Result<View, TransitionError>,
    ) -> Result<Vec<WriteResult>, Error> {
        self.step(|data, now| {
            let write = |item: T| {
                let Some(record) = data.operations.get_mut(&fence(&item).name) else {
                    return WriteResult::Deleted;
                };
                let (brings_along, mut after) = (along(&item).is_some(), record.clone());
                match apply(item, &mut after, now) {
                    Err(TransitionError::Done) => WriteResult::Done,
                    Err(_) => WriteResult::Lost,
                    Ok(_) if brings_along => WriteResult::Refused(InTransaction::unknown()),
                    Ok(view) => {
                        *record = Record::new(view, after.request, after.checkpoint);
                        let view = &record.view;
                        WriteResult::Applied { stop: view.stop().cloned(), update_time: view.update_time() }
                    }
                }
            };
            items.into_iter().map(write).collect()
        })
    }
}

#[async_trait]
impl Store for SmallStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        self.step(|data, now| operations.into_iter().map(|new| data.create(new, now)).collect())
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        self.step(|data, _| names.iter().map(|name| Some(data.operations.get(name)?.view.clone())).collect())
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        self.step(|data, _| data.of_request(request).cloned())
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        self.step(|data, _| {
            let is_after =
                |view: &&View| query.after.as_ref().is_none_or(|after| Cursor::from(*view) < *after);
            let mut views: Vec<&View> =
                data.views().filter(|view| query.selects(view)).filter(is_after).collect();
            views.sort_by_key(|view| Reverse(Cursor::from(*view)));
            let (mut count, mut bytes) = (0, 0);
            let fits = |view: &&&View| {
                (count, bytes) = (count + 1, bytes + view.size());
                count <= query.limit && (count == 1 || bytes <= query.max_bytes)
            };
            let page: Vec<View> = views.iter().take_while(fits).copied().cloned().collect();
            let next = page.last().filter(|_| page.len() < views.len()).map(Cursor::from);
            Page::new(page, next)
        })
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.step(|data, _| names.iter().map(|name| data.operations.remove(name).is_some()).collect())
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.step(|data, now| {
            let cancel = |name: &OperationName| {
                let view = data.operations.get(name).map(|record| &record.view);
                let stopped = view.map(|view| view.request_stop(StopReason::Cancelled, now));
                data.replace(stopped.into_iter().collect()).len() == 1
            };
            names.iter().map(cancel).collect()
        })
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        self.step(|data, now| {
            let known = data.workers.get(worker);
            let kept = known.map_or_else(|| Worker::new(lease, now), |known| known.keep_alive(lease, now));
            data.workers.insert(worker.clone(), kept);
            let stop = |view: &View| {
                Some(Stop::new(view.name().clone(), view.last_attempt()?, view.stop()?.clone()))
            };
            let stops = data.held(worker).filter_map(stop).collect();
            if data.is_alive(worker) { KeepAlive::alive(stops) } else { KeepAlive::gone(stops) }
        })
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        self.step(|data, now| {
            let known = data.workers.get(worker).cloned();
            let gone = known.unwrap_or_else(|| Worker::new(Duration::ZERO, now)).leave(now);
            data.workers.insert(worker.clone(), gone);
            let taken = data.held(worker).filter_map(|view| view.reclaim(worker, now).ok()).collect();
            data.replace(taken).into_iter().collect()
        })
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        self.step(|data, now| {
            if !data.workers.get(worker).is_some_and(|worker| worker.may_reclaim(now)) {
                return Sweep::new();
            }
            for over in data.workers.values_mut().filter(|worker| worker.is_over(now)) {
                *over = over.leave(now);
            }
            let reclaim = |view: &View| match view.holder() {
                Some(Holder::Worker(gone)) if !data.is_alive(gone) => view.reclaim(gone, now).ok(),
                _ => None,
            };
            let reclaimed = data.views().filter_map(reclaim).take(limit).collect();
            data.replace(reclaimed).into_iter().collect()
        })
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        let is_after = |view: &&View| after.is_none_or(|after| after < view.name());
        self.step(|data, _| data.held(worker).filter(is_after).filter_map(View::fence).take(limit).collect())
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        self.step(|data, now| {
            if !data.is_alive(&claim.worker) {
                return Vec::new();
            }
            let mut queue: Vec<View> =
                data.views().filter(|view| data.may_begin(view, now)).cloned().collect();
            queue.sort_by_key(|view| (Reverse(view.priority()), Cursor::from(view)));
            let mut begun: Vec<Record> = Vec::new();
            for view in queue {
                let same = begun.iter().filter(|record| record.view.method() == view.method()).count();
                let of_method = claim.methods.iter().find(|method| method.method == *view.method());
                let has_room =
                    begun.len() < claim.limit && of_method.is_some_and(|method| same < method.limit);
                if has_room && let Ok(running) = view.claim(&claim.worker, now) {
                    data.replace(vec![running]);
                    begun.extend(data.operations.get(view.name()).cloned());
                }
            }
            begun
        })
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        self.write(
            reports,
            |report| &report.fence,
            |report| report.in_transaction.as_ref(),
            |report, record, now| {
                let view = record.view.report(&report.fence, report.metadata, now)?;
                record.checkpoint = report.checkpoint.or(record.checkpoint.take());
                Ok(view)
            },
        )
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        self.write(
            finishes,
            |finish| &finish.fence,
            |finish| finish.in_transaction.as_ref(),
            |finish, record, now| record.view.finish(&finish.fence, finish.outcome, finish.metadata, now),
        )
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        self.write(
            releases,
            |release| &release.fence,
            |_| None,
            |release, record, now| {
                record.view.release(&release.fence, release.interruption, release.metadata, now)
            },
        )
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        self.step(|data, now| {
            let expired = data.views().filter_map(|view| view.expire(now).ok());
            let expired = expired.take(limit).collect();
            data.replace(expired).into_iter().collect()
        })
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        self.step(|data, now| {
            data.workers.retain(|_, worker| !worker.is_forgettable(now));
            data.expired.drain(..limit.min(data.expired.len())).count()
        })
    }

    fn changes(&self) -> Changes {
        self.hub.subscribe()
    }
}
