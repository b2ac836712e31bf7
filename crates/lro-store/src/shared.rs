//! A store behind an `Arc` is a store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    Changes, Claim, Creation, Error, Fence, Finish, KeepAlive, ListQuery, NewOperation, OperationName, Page,
    Record, Release, Report, RequestKey, Store, Sweep, View, WorkerId, WriteResult,
};

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Store + ?Sized> Store for Arc<S> {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        (**self).create(operations).await
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        (**self).get(names).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        (**self).find_by_request(request).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        (**self).list(query).await
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        (**self).delete(names).await
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        (**self).request_cancel(names).await
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        (**self).keep_alive(worker, lease).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        (**self).leave(worker).await
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        (**self).reclaim(worker, limit).await
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        (**self).held(worker, after, limit).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        (**self).claim(claim).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        (**self).report(reports).await
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        (**self).finish(finishes).await
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        (**self).release(releases).await
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        (**self).expire(limit).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        (**self).purge(limit).await
    }

    fn changes(&self) -> Changes {
        (**self).changes()
    }
}
