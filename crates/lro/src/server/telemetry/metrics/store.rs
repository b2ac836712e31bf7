//! A store whose calls are timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lro_store::{
    Changes, Claim, Creation, Error, Fence, Finish, KeepAlive, ListQuery, NewOperation, OperationName, Page,
    Record, Release, Report, RequestKey, Store, View, WorkerId, WriteResult,
};
use metrics::histogram;

use super::number;

/// A store that does what another one does, and records how long each call takes and how many items it is about: those
/// it was given, or where it was given none, those it has found.
#[derive(Debug)]
pub(super) struct ObservedStore(Arc<dyn Store>);

impl ObservedStore {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }
}

/// A call that is under way.
struct Call {
    kind: &'static str,
    began: Instant,
    result: &'static str,
}

impl Call {
    fn begin(kind: &'static str) -> Self {
        // What the engine gives up is dropped before it has another result.
        Self { kind, began: Instant::now(), result: "abandoned" }
    }

    /// A call that is given so many items.
    fn with(kind: &'static str, items: usize) -> Self {
        let call = Self::begin(kind);
        call.count(items);
        call
    }

    fn count(&self, items: usize) {
        histogram!("lro_store_call_items", "call" => self.kind).record(number(items));
    }

    fn end<T>(mut self, answer: Result<T, Error>) -> Result<T, Error> {
        self.result = match &answer {
            Ok(_) => "ok",
            Err(error) if error.is_unavailable() => "unavailable",
            Err(_) => "internal",
        };
        answer
    }

    /// The end of a call that has found so many items.
    fn found<T>(self, answer: Result<T, Error>, count: impl FnOnce(&T) -> usize) -> Result<T, Error> {
        if let Ok(found) = &answer {
            self.count(count(found));
        }
        self.end(answer)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let time = self.began.elapsed();
        histogram!("lro_store_call_seconds", "call" => self.kind, "result" => self.result).record(time);
    }
}

#[tonic::async_trait]
#[deny(clippy::missing_trait_methods)]
impl Store for ObservedStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        let call = Call::with("create", operations.len());
        call.end((*self.0).create(operations).await)
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        let call = Call::with("get", names.len());
        call.end((*self.0).get(names).await)
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        let call = Call::begin("find_by_request");
        call.end((*self.0).find_by_request(request).await)
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        let call = Call::begin("list");
        call.found((*self.0).list(query).await, |page| page.views.len())
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        let call = Call::with("delete", names.len());
        call.end((*self.0).delete(names).await)
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        let call = Call::with("request_cancel", names.len());
        call.end((*self.0).request_cancel(names).await)
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        let call = Call::begin("keep_alive");
        call.end((*self.0).keep_alive(worker, lease).await)
    }

    async fn leave(&self, worker: &WorkerId) -> Result<(), Error> {
        let call = Call::begin("leave");
        call.end((*self.0).leave(worker).await)
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<usize, Error> {
        let call = Call::begin("reclaim");
        call.found((*self.0).reclaim(worker, limit).await, |count| *count)
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        let call = Call::begin("held");
        call.found((*self.0).held(worker, after, limit).await, Vec::len)
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        let call = Call::begin("claim");
        call.found((*self.0).claim(claim).await, Vec::len)
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        let call = Call::with("report", reports.len());
        call.end((*self.0).report(reports).await)
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        let call = Call::with("finish", finishes.len());
        call.end((*self.0).finish(finishes).await)
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        let call = Call::with("release", releases.len());
        call.end((*self.0).release(releases).await)
    }

    async fn expire(&self, limit: usize) -> Result<usize, Error> {
        let call = Call::begin("expire");
        call.found((*self.0).expire(limit).await, |count| *count)
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        let call = Call::begin("purge");
        call.found((*self.0).purge(limit).await, |count| *count)
    }

    fn changes(&self) -> Changes {
        self.0.changes()
    }
}
