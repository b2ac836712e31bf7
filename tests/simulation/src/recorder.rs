//! A store that tells the history of every change.

use std::time::Duration;

use lro::store::{
    Changes, Claim, Creation, Error, Fence, Finish, KeepAlive, ListQuery, MemoryStore, NewOperation,
    OperationName, Page, Record, Release, Report, RequestKey, Store, Sweep, View, WorkerId, WriteResult,
};
use prost::Message;

use crate::history::{Cause, History};
use crate::job::Place;

/// The store as one process calls it, past all faults: between the faults and the store, so that it sees what took
/// effect, and when. The memory store never waits, so a call and the look after it are one moment.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    store: MemoryStore,
    history: History,
    process: usize,
}

impl Recorder {
    pub(crate) fn new(store: MemoryStore, history: History, process: usize) -> Self {
        Self { store, history, process }
    }

    /// Looks at all operations that are not done, and at those that are about to be known.
    async fn observe(&self, cause: Cause, also: Vec<OperationName>) -> Result<(), Error> {
        let mut names: Vec<_> = self.history.facts().unfinished().map(|view| view.name().clone()).collect();
        names.extend(also);
        self.observe_only(cause, names).await
    }

    async fn observe_only(&self, cause: Cause, names: Vec<OperationName>) -> Result<(), Error> {
        let views = self.store.get(names.clone()).await?;
        self.history.observe(self.process, cause, names.into_iter().zip(views));
        Ok(())
    }
}

#[async_trait::async_trait]
#[deny(clippy::missing_trait_methods)]
impl Store for Recorder {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        let names: Vec<_> = operations.iter().map(|operation| operation.name().clone()).collect();
        let answers = self.store.create(operations).await?;
        let created =
            names.into_iter().zip(&answers).filter(|(_, answer)| matches!(answer, Creation::Created(_)));
        self.observe(Cause::Create, created.map(|(name, _)| name).collect()).await?;
        Ok(answers)
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        self.observe_only(Cause::Look, names.clone()).await?;
        self.store.get(names).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        self.store.find_by_request(request).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        self.store.list(query).await
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        // What has expired is not deleted.
        self.observe_only(Cause::Look, names.clone()).await?;
        let answers = self.store.delete(names.clone()).await?;
        self.observe_only(Cause::Delete, names).await?;
        Ok(answers)
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        let answers = self.store.request_cancel(names.clone()).await?;
        self.observe_only(Cause::Cancel, names).await?;
        Ok(answers)
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        self.history.know_worker(self.process, worker);
        self.store.keep_alive(worker, lease).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        let sweep = self.store.leave(worker).await?;
        self.observe(Cause::Reclaim, Vec::new()).await?;
        Ok(sweep)
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        let sweep = self.store.reclaim(worker, limit).await?;
        if sweep.count > 0 {
            self.observe(Cause::Reclaim, Vec::new()).await?;
        }
        Ok(sweep)
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
        let records = self.store.claim(claim).await?;
        if !records.is_empty() {
            let names = records.iter().map(|record| record.name().clone()).collect();
            self.observe_only(Cause::Claim, names).await?;
        }
        Ok(records)
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        let items: Vec<_> =
            reports.iter().map(|item| (item.fence.name.clone(), item.checkpoint.clone())).collect();
        let answers = self.store.report(reports).await?;
        for ((name, checkpoint), answer) in items.iter().zip(&answers) {
            if let (Some(checkpoint), true) = (checkpoint, answer.is_applied()) {
                let place = Place::decode(&*checkpoint.value).map_err(Error::internal)?;
                self.history.store_checkpoint(name, place.number);
            }
        }
        self.observe_only(Cause::Report, items.into_iter().map(|(name, _)| name).collect()).await?;
        Ok(answers)
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        let names = finishes.iter().map(|finish| finish.fence.name.clone()).collect();
        let answers = self.store.finish(finishes).await?;
        self.observe_only(Cause::Finish, names).await?;
        Ok(answers)
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        let items: Vec<_> =
            releases.iter().map(|item| (item.fence.name.clone(), item.interruption.begun)).collect();
        let answers = self.store.release(releases).await?;
        for (name, begun) in items {
            self.observe_only(Cause::Release { begun }, vec![name]).await?;
        }
        Ok(answers)
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        let sweep = self.store.expire(limit).await?;
        if sweep.count > 0 {
            self.observe(Cause::Expire, Vec::new()).await?;
        }
        Ok(sweep)
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        let known: Vec<_> = self.history.facts().operations.keys().cloned().collect();
        let count = self.store.purge(limit).await?;
        self.observe_only(Cause::Look, known).await?;
        Ok(count)
    }

    fn changes(&self) -> Changes {
        self.store.changes()
    }
}
