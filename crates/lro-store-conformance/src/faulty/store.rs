//! The wrapper.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lro_store::{
    Change, Changes, Claim, Creation, Error, Fence, Finish, KeepAlive, ListQuery, NewOperation,
    OperationName, Page, Record, Release, Report, RequestKey, Store, Sweep, View, WorkerId, WriteResult,
};

use super::hints::Hints;
use super::log::CallLog;
use super::plan::Plan;
use super::{Call, FailureMode, Fault, LoggedCall, StoreMethod};

/// One process's connection to a store, which fails when a test says so, and has a log of all calls.
///
/// Clones are the same connection; several of these over clones of one store are several processes. There is
/// nothing random in it, and no task or thread: what goes wrong with a call is decided when the call is made, and
/// a call with which nothing goes wrong is the call of the store.
///
/// Of what is said of a call, the first of these counts: [`inject_next`](Self::inject_next),
/// [`inject`](Self::inject), [`decide`](Self::decide).
///
/// ```
/// use lro_store::{MemoryStore, Store};
/// use lro_store_conformance::{CallEnd, FailureMode, Fault, FaultyStore, StoreMethod};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let store = FaultyStore::new(MemoryStore::new());
/// store.inject_next(StoreMethod::Purge, 1, Fault::before(FailureMode::Internal));
/// assert!(store.purge(10).await.unwrap_err().is_internal());
/// assert_eq!(store.purge(10).await.unwrap(), 0);
///
/// store.cut();
/// assert!(store.purge(10).await.unwrap_err().is_unavailable());
/// store.mend();
/// assert_eq!(store.calls(StoreMethod::Purge), 3);
/// assert_eq!(store.log()[2].end, CallEnd::Unavailable);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FaultyStore<S> {
    store: S,
    connection: Arc<Connection>,
}

#[derive(Debug, Default)]
struct Connection {
    plan: Plan,
    log: CallLog,
    hints: Hints,
}

impl<S> FaultyStore<S> {
    /// A connection with which nothing is wrong.
    pub fn new(store: S) -> Self {
        Self { store, connection: Arc::default() }
    }

    /// A connection over which no hint comes, but for [`resync`](Self::resync).
    pub fn deaf(store: S) -> Self {
        let deaf = Self::new(store);
        deaf.lose_hints();
        deaf
    }

    /// The store behind it, to look at past all faults and without a trace in the log.
    pub fn inner(&self) -> &S {
        &self.store
    }

    /// From now on nothing gets through: every call fails as unavailable.
    pub fn cut(&self) {
        self.inject(StoreMethod::ALL, Fault::before(FailureMode::Unavailable));
    }

    /// From now on every call takes effect and then fails as unavailable.
    pub fn lose_answers(&self) {
        self.inject(StoreMethod::ALL, Fault::after(FailureMode::Unavailable));
    }

    /// From now on this is wrong with every call of these methods.
    pub fn inject(&self, methods: impl AsRef<[StoreMethod]>, fault: Fault) {
        self.connection.plan.set(methods.as_ref(), fault);
    }

    /// This is wrong with the next `count` calls of each of these methods, after what was said of their next
    /// calls before.
    pub fn inject_next(&self, methods: impl AsRef<[StoreMethod]>, count: usize, fault: Fault) {
        self.connection.plan.set_next(methods.as_ref(), count, fault);
    }

    /// From now on `decide` says what is wrong with a call, such as by a seeded source of randomness. Calls are
    /// put to it one at a time, as they are made; it must not replace itself.
    pub fn decide(&self, decide: impl FnMut(&Call) -> Fault + Send + 'static) {
        self.connection.plan.set_decision(Some(Box::new(decide)));
    }

    /// From now on nothing goes wrong. Calls that hang or wait already go on doing so, and hints that get lost
    /// still do.
    pub fn mend(&self) {
        self.connection.plan.clear();
    }

    /// From now on no hint comes, but for [`resync`](Self::resync): neither those that wait to be read nor new
    /// ones.
    pub fn lose_hints(&self) {
        self.decide_hints(|_| false);
    }

    /// From now on `keep` says of each hint that is about to be read whether it comes. Of
    /// [`Change::Resync`] it is not asked. It must not replace itself.
    pub fn decide_hints(&self, keep: impl FnMut(&Change) -> bool + Send + 'static) {
        self.connection.hints.set(Some(Box::new(keep)));
    }

    /// From now on all hints come. Those that were lost stay lost.
    pub fn mend_hints(&self) {
        self.connection.hints.set(None);
    }

    /// Tells all readers of hints that some got lost.
    pub fn resync(&self) {
        self.connection.hints.resync();
    }

    /// How many calls of this method there were.
    pub fn calls(&self, method: StoreMethod) -> usize {
        self.connection.log.count(method)
    }

    /// All calls since the log was taken last, in the order in which they began.
    pub fn log(&self) -> Vec<LoggedCall> {
        self.connection.log.calls()
    }

    /// The same, and begins a new log. Calls that have not ended stay as they are in what this returns.
    pub fn take_log(&self) -> Vec<LoggedCall> {
        self.connection.log.take()
    }

    async fn call<T, F>(
        &self,
        method: StoreMethod,
        items: usize,
        execute: impl FnOnce() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let entry = self.connection.log.begin(method, items);
        let fault = self.connection.plan.fault_of(&entry.call);
        entry.inject(fault);
        let passed = async {
            fault.request().await?;
            let answer = execute().await?;
            fault.answer().await?;
            Ok(answer)
        };
        let answer = passed.await;
        entry.end(&answer);
        answer
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Store> Store for FaultyStore<S> {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        self.call(StoreMethod::Create, operations.len(), || self.store.create(operations)).await
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        self.call(StoreMethod::Get, names.len(), || self.store.get(names)).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        self.call(StoreMethod::FindByRequest, 1, || self.store.find_by_request(request)).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        self.call(StoreMethod::List, query.limit, || self.store.list(query)).await
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.call(StoreMethod::Delete, names.len(), || self.store.delete(names)).await
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.call(StoreMethod::RequestCancel, names.len(), || self.store.request_cancel(names)).await
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        self.call(StoreMethod::KeepAlive, 1, || self.store.keep_alive(worker, lease)).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        self.call(StoreMethod::Leave, 1, || self.store.leave(worker)).await
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        self.call(StoreMethod::Reclaim, limit, || self.store.reclaim(worker, limit)).await
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        self.call(StoreMethod::Held, limit, || self.store.held(worker, after, limit)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        self.call(StoreMethod::Claim, claim.limit, || self.store.claim(claim)).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        self.call(StoreMethod::Report, reports.len(), || self.store.report(reports)).await
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        self.call(StoreMethod::Finish, finishes.len(), || self.store.finish(finishes)).await
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        self.call(StoreMethod::Release, releases.len(), || self.store.release(releases)).await
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        self.call(StoreMethod::Expire, limit, || self.store.expire(limit)).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        self.call(StoreMethod::Purge, limit, || self.store.purge(limit)).await
    }

    fn changes(&self) -> Changes {
        self.connection.hints.of(self.store.changes())
    }
}
