//! A store whose calls are timed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lro_store::{
    Changes, Claim, Creation, Error, Fence, Finish, KeepAlive, ListQuery, NewOperation, OperationName, Page,
    Record, Release, Report, RequestKey, Store, Sweep, View, WorkerId, WriteResult,
};
use metrics::{Histogram, histogram};

use super::number;

/// A store that does what another one does, and records how long each call takes and how many items it is about: those
/// it was given, or where it was given none, those it has found.
pub(super) struct ObservedStore {
    store: Arc<dyn Store>,
    kinds: BTreeMap<&'static str, Kind>,
}

/// The kinds of calls.
const KINDS: [&str; 16] = [
    "create",
    "get",
    "find_by_request",
    "list",
    "delete",
    "request_cancel",
    "keep_alive",
    "leave",
    "reclaim",
    "held",
    "claim",
    "report",
    "finish",
    "release",
    "expire",
    "purge",
];

/// Where calls of one kind are recorded. What is looked for in a recorder for each call costs more than the rest.
struct Kind {
    seconds: Histogram,
    items: Histogram,
}

impl ObservedStore {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let kind = |call: &'static str| {
            let seconds = histogram!("lro_store_call_seconds", "call" => call, "result" => "ok");
            (call, Kind { seconds, items: histogram!("lro_store_call_items", "call" => call) })
        };
        Self { store, kinds: KINDS.into_iter().map(kind).collect() }
    }

    fn begin(&self, kind: &'static str) -> Call<'_> {
        // What the engine gives up is dropped before it has another result.
        Call { kind, recorded: self.kinds.get(kind), began: Instant::now(), result: "abandoned" }
    }

    /// A call that is given so many items.
    fn with(&self, kind: &'static str, items: usize) -> Call<'_> {
        let call = self.begin(kind);
        call.count(items);
        call
    }
}

impl fmt::Debug for ObservedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

/// A call that is under way.
struct Call<'a> {
    kind: &'static str,
    recorded: Option<&'a Kind>,
    began: Instant,
    result: &'static str,
}

impl Call<'_> {
    fn count(&self, items: usize) {
        if let Some(recorded) = self.recorded {
            recorded.items.record(number(items));
        }
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

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let time = self.began.elapsed();
        match self.recorded.filter(|_| self.result == "ok") {
            Some(recorded) => recorded.seconds.record(time),
            None => {
                histogram!("lro_store_call_seconds", "call" => self.kind, "result" => self.result)
                    .record(time);
            }
        }
    }
}

#[tonic::async_trait]
#[deny(clippy::missing_trait_methods)]
impl Store for ObservedStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        let call = self.with("create", operations.len());
        call.end((*self.store).create(operations).await)
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        let call = self.with("get", names.len());
        call.end((*self.store).get(names).await)
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        let call = self.begin("find_by_request");
        call.end((*self.store).find_by_request(request).await)
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        let call = self.begin("list");
        call.found((*self.store).list(query).await, |page| page.views.len())
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        let call = self.with("delete", names.len());
        call.end((*self.store).delete(names).await)
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        let call = self.with("request_cancel", names.len());
        call.end((*self.store).request_cancel(names).await)
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        let call = self.begin("keep_alive");
        call.end((*self.store).keep_alive(worker, lease).await)
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        let call = self.begin("leave");
        call.end((*self.store).leave(worker).await)
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        let call = self.begin("reclaim");
        call.found((*self.store).reclaim(worker, limit).await, |sweep| sweep.count)
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        let call = self.begin("held");
        call.found((*self.store).held(worker, after, limit).await, Vec::len)
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        let call = self.begin("claim");
        call.found((*self.store).claim(claim).await, Vec::len)
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        let call = self.with("report", reports.len());
        call.end((*self.store).report(reports).await)
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        let call = self.with("finish", finishes.len());
        call.end((*self.store).finish(finishes).await)
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        let call = self.with("release", releases.len());
        call.end((*self.store).release(releases).await)
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        let call = self.begin("expire");
        call.found((*self.store).expire(limit).await, |sweep| sweep.count)
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        let call = self.begin("purge");
        call.found((*self.store).purge(limit).await, |count| *count)
    }

    fn changes(&self) -> Changes {
        self.store.changes()
    }
}
