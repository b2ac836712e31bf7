//! The memory store behind a connection that a test can cut.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lro::store::{
    ChangeHub, Changes, Claim, Error, Fenced, Finish, LeaseId, LeaseStatus, ListQuery, MemoryStore,
    NewOperation, OperationName, Page, Progress, Record, RequestKey, Store,
};

/// One process's connection to a store that others use too. Clones are the same connection.
#[derive(Debug, Clone)]
pub(crate) struct Flaky {
    store: MemoryStore,
    wire: Arc<Wire>,
}

#[derive(Debug, Default)]
struct Wire {
    cut: AtomicBool,
    loses_answers: AtomicBool,
    /// What a process without hints listens to.
    silence: Option<ChangeHub>,
    reads: AtomicUsize,
    /// What is wrong with one of the calls, by the name of its method.
    fault: Mutex<Option<(&'static str, Fault)>>,
}

/// What can be wrong with one kind of call, while the others go through.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// It never answers.
    Hangs,
    /// It says that the store is broken.
    Fails,
    /// It panics.
    Panics,
}

impl Flaky {
    pub(crate) fn new(store: MemoryStore) -> Self {
        Self { store, wire: Arc::default() }
    }

    /// A connection that loses every hint.
    pub(crate) fn deaf(store: MemoryStore) -> Self {
        let wire = Wire { silence: Some(ChangeHub::default()), ..Wire::default() };
        Self { store, wire: Arc::new(wire) }
    }

    /// Tells a deaf process that it has lost hints.
    pub(crate) fn resync(&self) {
        self.wire.silence.as_ref().expect("only a deaf connection loses hints").resync();
    }

    /// From now on nothing gets through.
    pub(crate) fn cut(&self) {
        self.wire.cut.store(true, Ordering::SeqCst);
    }

    /// From now on calls take effect and then fail.
    pub(crate) fn lose_answers(&self) {
        self.wire.loses_answers.store(true, Ordering::SeqCst);
    }

    /// From now on calls of this method do not work.
    pub(crate) fn break_call(&self, method: &'static str, fault: Fault) {
        *self.wire.fault.lock().unwrap() = Some((method, fault));
    }

    pub(crate) fn mend(&self) {
        *self.wire.fault.lock().unwrap() = None;
        self.wire.cut.store(false, Ordering::SeqCst);
        self.wire.loses_answers.store(false, Ordering::SeqCst);
    }

    /// How many times operations were read.
    pub(crate) fn reads(&self) -> usize {
        self.wire.reads.load(Ordering::SeqCst)
    }

    async fn through<T>(
        &self,
        method: &str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let fault = *self.wire.fault.lock().unwrap();
        match fault.filter(|(broken, _)| *broken == method) {
            Some((_, Fault::Hangs)) => std::future::pending().await,
            Some((_, Fault::Fails)) => return Err(Error::internal("a constraint is violated")),
            Some((_, Fault::Panics)) => panic!("a bug in the store"),
            None => {}
        }
        if self.wire.cut.load(Ordering::SeqCst) {
            return Err(Error::unavailable("the wire is cut"));
        }
        let answer = call.await?;
        if self.wire.loses_answers.load(Ordering::SeqCst) {
            return Err(Error::unavailable("the answer was lost"));
        }
        Ok(answer)
    }
}

#[tonic::async_trait]
#[deny(clippy::missing_trait_methods)]
impl Store for Flaky {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Result<Record, Error>>, Error> {
        self.through("create", self.store.create(operations)).await
    }

    async fn get(&self, names: &[OperationName]) -> Result<Vec<Option<Record>>, Error> {
        self.wire.reads.fetch_add(1, Ordering::SeqCst);
        self.through("get", self.store.get(names)).await
    }

    async fn find(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        self.through("find", self.store.find(request)).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        self.through("list", self.store.list(query)).await
    }

    async fn delete(&self, name: &OperationName) -> Result<bool, Error> {
        self.through("delete", self.store.delete(name)).await
    }

    async fn request_cancel(&self, name: &OperationName) -> Result<Option<Record>, Error> {
        self.through("request_cancel", self.store.request_cancel(name)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        self.through("claim", self.store.claim(claim)).await
    }

    async fn expire(&self, limit: usize) -> Result<usize, Error> {
        self.through("expire", self.store.expire(limit)).await
    }

    async fn heartbeat(&self, leases: &[LeaseId], lease: Duration) -> Result<Vec<LeaseStatus>, Error> {
        self.through("heartbeat", self.store.heartbeat(leases, lease)).await
    }

    async fn progress(&self, items: Vec<Progress>) -> Result<Vec<LeaseStatus>, Error> {
        self.through("progress", self.store.progress(items)).await
    }

    async fn finish(&self, items: Vec<Finish>) -> Result<Vec<Fenced>, Error> {
        self.through("finish", self.store.finish(items)).await
    }

    async fn release(&self, leases: &[LeaseId]) -> Result<Vec<Fenced>, Error> {
        self.through("release", self.store.release(leases)).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        self.through("purge", self.store.purge(limit)).await
    }

    fn changes(&self) -> Changes {
        match &self.wire.silence {
            Some(silence) => silence.subscribe(),
            None => self.store.changes(),
        }
    }
}
