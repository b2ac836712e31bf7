//! A store behind an `Arc` is a store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    Changes, Claim, Error, Fenced, Finish, LeaseId, LeaseStatus, ListQuery, NewOperation, OperationName,
    Page, Progress, Record, RequestKey, Store,
};

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Store + ?Sized> Store for Arc<S> {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Result<Record, Error>>, Error> {
        (**self).create(operations).await
    }

    async fn get(&self, names: &[OperationName]) -> Result<Vec<Option<Record>>, Error> {
        (**self).get(names).await
    }

    async fn find(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        (**self).find(request).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        (**self).list(query).await
    }

    async fn delete(&self, name: &OperationName) -> Result<bool, Error> {
        (**self).delete(name).await
    }

    async fn request_cancel(&self, name: &OperationName) -> Result<Option<Record>, Error> {
        (**self).request_cancel(name).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        (**self).claim(claim).await
    }

    async fn expire(&self, limit: usize) -> Result<usize, Error> {
        (**self).expire(limit).await
    }

    async fn heartbeat(&self, leases: &[LeaseId], lease: Duration) -> Result<Vec<LeaseStatus>, Error> {
        (**self).heartbeat(leases, lease).await
    }

    async fn progress(&self, items: Vec<Progress>) -> Result<Vec<LeaseStatus>, Error> {
        (**self).progress(items).await
    }

    async fn finish(&self, items: Vec<Finish>) -> Result<Vec<Fenced>, Error> {
        (**self).finish(items).await
    }

    async fn release(&self, leases: &[LeaseId]) -> Result<Vec<Fenced>, Error> {
        (**self).release(leases).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        (**self).purge(limit).await
    }

    fn changes(&self) -> Changes {
        (**self).changes()
    }
}
