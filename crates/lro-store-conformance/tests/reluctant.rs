//! The suite lets a store do less than it could: one item a call, and every other call nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use lro_store::{
    Changes, Claim, Creation, Cursor, Error, Fence, Finish, KeepAlive, ListQuery, ManualClock, MemoryStore,
    NewOperation, OperationName, Page, Record, Release, Report, RequestKey, Store, Sweep, View, WorkerId,
    WriteResult,
};
use lro_store_conformance::{Capabilities, Harness, HarnessError, HintReach};

/// A store that never does more than it must.
#[derive(Debug, Clone)]
struct Reluctant {
    store: MemoryStore,
    calls: Arc<AtomicUsize>,
}

impl Reluctant {
    /// How much to do: as little as there is between nothing and the limit.
    fn little(&self, limit: usize) -> usize {
        limit.min(self.calls.fetch_add(1, Ordering::SeqCst) % 2)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Store for Reluctant {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        self.store.create(operations).await
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        self.store.get(names).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        self.store.find_by_request(request).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        let mut short = query.clone();
        short.limit = 1;
        let page = self.store.list(&short).await?;
        let Some(first) = page.views.first().filter(|_| query.after.is_none() && self.little(1) == 0) else {
            return Ok(page);
        };
        // Nothing yet, and the next page begins right before the first that there is.
        let before = Cursor::from(first);
        let before =
            Cursor { create_time: before.create_time.saturating_add(Duration::from_micros(1)), ..before };
        Ok(Page::new(Vec::new(), Some(before)))
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.store.delete(names).await
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.store.request_cancel(names).await
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        self.store.keep_alive(worker, lease).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        self.store.leave(worker).await
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        self.store.reclaim(worker, self.little(limit)).await
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        self.store.held(worker, after, limit).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        let mut little = claim.clone();
        little.limit = self.little(claim.limit);
        self.store.claim(&little).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        self.store.report(reports).await
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        self.store.finish(finishes).await
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        self.store.release(releases).await
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        self.store.expire(self.little(limit)).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        self.store.purge(self.little(limit)).await
    }

    fn changes(&self) -> Changes {
        self.store.changes()
    }
}

struct ReluctantHarness(Reluctant);

impl Harness for ReluctantHarness {
    type Store = Reluctant;
    const CAPABILITIES: Capabilities = Capabilities::new().hints(HintReach::EveryHandle);

    async fn start(clock: ManualClock) -> Result<Self, HarnessError> {
        Ok(Self(Reluctant { store: MemoryStore::with_clock(clock), calls: Arc::default() }))
    }

    async fn connect(&self) -> Result<Reluctant, HarnessError> {
        Ok(self.0.clone())
    }
}

lro_store_conformance::suite!(ReluctantHarness);
