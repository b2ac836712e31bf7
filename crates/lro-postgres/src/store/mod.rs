//! The store: which calls are merged, and who runs them.

mod builder;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lro_store::{
    Changes, Claim, Creation, Error, Fence, Finish, KeepAlive, ListQuery, Merge, NewOperation, OperationName,
    Page, Record, Release, Report, RequestKey, Store, Sweep, View, WorkerId, WriteResult,
};
use tokio_postgres::Transaction;

pub use self::builder::PostgresStoreBuilder;
use crate::Uncommitted;
use crate::call::{Shared, attempt, execute, in_task};
use crate::calls::claim::{ClaimSome, Places};
use crate::calls::create::{create, meet_each_other};
use crate::calls::list::List;
use crate::calls::purge::{Expire, Purge};
use crate::calls::read::{Find, Get};
use crate::calls::stop::{CancelAll, DeleteAll};
use crate::calls::transaction::{Answer, WithRows, create_in, finish_in};
use crate::calls::workers::{Held, Live, leave, reclaim};
use crate::calls::write::{FinishAll, ReleaseAll, ReportAll};
use crate::database::schema;
use crate::database::schema::Form;
use crate::hints::Task;

/// A store on PostgreSQL, for any number of processes.
///
/// Clones are the same store, with the same connections. Concurrent calls are merged: while the connections are busy,
/// what arrives waits, and is the next batch.
#[derive(Debug, Clone)]
pub struct PostgresStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    create: Merge<NewOperation, OperationName, Creation>,
    finish: Merge<Finish, OperationName, WriteResult>,
    report: Merge<Report, OperationName, WriteResult>,
    release: Merge<Release, OperationName, WriteResult>,
    get: Merge<OperationName, OperationName, Option<View>>,
    cancel: Merge<OperationName, OperationName, bool>,
    delete: Merge<OperationName, OperationName, bool>,
    places: Arc<Places>,
    _hints: Option<Task>,
}

impl PostgresStore {
    /// Connects to the database of a URL (`postgres://user:password@host/database`) with the default settings, and makes
    /// or updates the tables in the schema `lro`.
    ///
    /// Cancel-safe: the tables are made or updated as a whole or not at all.
    ///
    /// # Errors
    /// Those of [`PostgresStoreBuilder::connect`].
    pub async fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect().await
    }

    /// Begins a store with other settings.
    pub fn builder(url: impl Into<String>) -> PostgresStoreBuilder {
        PostgresStoreBuilder::new(url)
    }

    /// The SQL that makes the tables in a schema, to look at, or to run by hand where the program has no right to.
    pub fn schema_sql(schema: &str) -> String {
        schema::sql(schema, Form::Plain)
    }

    /// As [`schema_sql`](Self::schema_sql), for stores with [`partition`](PostgresStoreBuilder::partition).
    ///
    /// What comes after the line `-- partitions` turns tables that are there already into their first partition.
    pub fn partitioned_schema_sql(schema: &str) -> String {
        schema::sql(schema, Form::Partitioned)
    }

    pub(crate) fn new(shared: Arc<Shared>, writers: usize, readers: usize, hints: Option<Task>) -> Self {
        /// Merges calls of one kind.
        macro_rules! merge {
            ($batches:expr, $key:expr, $shared:ident, $items:ident, $run:expr) => {{
                let shared = Arc::clone(&shared);
                Merge::new($batches, $key, move |$items| {
                    let $shared = Arc::clone(&shared);
                    async move { $run.await }
                })
            }};
        }
        let finish = |item: &Finish| item.fence.name.clone();
        let report = |item: &Report| item.fence.name.clone();
        let release = |item: &Release| item.fence.name.clone();
        Self(Arc::new(Inner {
            create: merge!(
                writers,
                |new: &NewOperation| new.name().clone(),
                shared,
                items,
                create(&shared, items)
            ),
            finish: merge!(writers, finish, shared, items, attempt(&shared, &FinishAll(items))),
            report: merge!(writers, report, shared, items, attempt(&shared, &ReportAll(items))),
            release: merge!(writers, release, shared, items, attempt(&shared, &ReleaseAll(items))),
            get: merge!(readers, OperationName::clone, shared, names, attempt(&shared, &Get(names))),
            cancel: merge!(1, OperationName::clone, shared, names, attempt(&shared, &CancelAll(names))),
            delete: merge!(1, OperationName::clone, shared, names, attempt(&shared, &DeleteAll(names))),
            shared,
            places: Arc::default(),
            _hints: hints,
        }))
    }

    /// Creates an operation in a transaction of the caller's on the same database, so that both it and what else is
    /// written there exist or do not.
    ///
    /// The transaction should be `READ COMMITTED` or stricter, and short: until it ends, others wait for the key and the
    /// worker of the operation. What it has for [`with_transaction`](NewOperation::with_transaction) is not run.
    ///
    /// Not cancel-safe: if this is dropped before its end, roll the transaction back.
    ///
    /// # Errors
    /// Those of the database, after which the transaction has to be rolled back; also if others were in the way.
    pub async fn create_in(
        &self,
        transaction: &Transaction<'_>,
        operation: NewOperation,
    ) -> Result<Uncommitted<Creation>, Error> {
        create_in(&self.0.shared, transaction, &operation).await
    }

    /// Ends running work in a transaction of the caller's on the same database, so that both its outcome and what else is
    /// written there are kept or not. Only if it applied, the rest should be committed.
    ///
    /// Not cancel-safe: if this is dropped before its end, roll the transaction back.
    ///
    /// # Errors
    /// Those of the database, after which the transaction has to be rolled back.
    pub async fn finish_in(
        &self,
        transaction: &Transaction<'_>,
        finish: Finish,
    ) -> Result<Uncommitted<WriteResult>, Error> {
        finish_in(&self.0.shared, transaction, &finish).await
    }

    /// Writes items in their order: those that come with rows of the caller one by one, the others merged.
    async fn write<T>(
        &self,
        items: Vec<T>,
        merge: &Merge<T, OperationName, WriteResult>,
        has_rows: impl Fn(&T) -> bool + Send,
        with_rows: impl Fn(T) -> WithRows + Send,
    ) -> Result<Vec<WriteResult>, Error>
    where
        T: Send + 'static,
    {
        if !items.iter().any(&has_rows) {
            return merge.call(items).await;
        }
        let mut answers = Vec::with_capacity(items.len());
        for item in items {
            if !has_rows(&item) {
                answers.extend(merge.call(vec![item]).await?);
                continue;
            }
            match execute(&self.0.shared, Arc::new(with_rows(item))).await? {
                Answer::Write(result) => answers.push(result),
                Answer::Creation(_) => return Err(Error::internal("a write was answered as a creation")),
            }
        }
        Ok(answers)
    }

    async fn create_with_rows(&self, new: NewOperation) -> Result<Creation, Error> {
        match execute(&self.0.shared, Arc::new(WithRows::Create(Box::new(new)))).await? {
            Answer::Creation(creation) => Ok(creation),
            Answer::Write(_) => Err(Error::internal("a creation was answered as a write")),
        }
    }

    /// Creates operations that meet each other, or that come with rows of the caller, in their order.
    async fn create_in_order(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        let mut answers = Vec::with_capacity(operations.len());
        let mut plain = Vec::new();
        for new in operations {
            if new.in_transaction().is_none() {
                plain.push(new);
                continue;
            }
            answers.extend(self.create_apart(std::mem::take(&mut plain)).await?);
            answers.push(self.create_with_rows(new).await?);
        }
        answers.extend(self.create_apart(plain).await?);
        Ok(answers)
    }

    /// As a batch of its own.
    async fn create_apart(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        if operations.is_empty() {
            return Ok(Vec::new());
        }
        let shared = Arc::clone(&self.0.shared);
        in_task(async move { create(&shared, operations).await }).await
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        let with_rows = operations.iter().any(|new| new.in_transaction().is_some());
        if with_rows || meet_each_other(&operations) {
            return self.create_in_order(operations).await;
        }
        self.0.create.call(operations).await
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        self.0.get.call(names).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        execute(&self.0.shared, Find(request.clone())).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        execute(&self.0.shared, List(query.clone())).await
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.0.delete.call(names).await
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.0.cancel.call(names).await
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        execute(&self.0.shared, Live { worker: worker.clone(), lease }).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        let (shared, worker) = (Arc::clone(&self.0.shared), worker.clone());
        in_task(async move { leave(&shared, &worker).await }).await
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        let (shared, worker) = (Arc::clone(&self.0.shared), worker.clone());
        in_task(async move { reclaim(&shared, &worker, limit).await }).await
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        execute(&self.0.shared, Held { worker: worker.clone(), after: after.cloned(), limit }).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        let places = Arc::clone(&self.0.places);
        execute(&self.0.shared, ClaimSome { claim: claim.clone(), places }).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        self.write(reports, &self.0.report, |item| item.in_transaction.is_some(), WithRows::Report).await
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        self.write(finishes, &self.0.finish, |item| item.in_transaction.is_some(), WithRows::Finish).await
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        self.0.release.call(releases).await
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        execute(&self.0.shared, Expire(limit)).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        execute(&self.0.shared, Purge(limit)).await
    }

    fn changes(&self) -> Changes {
        self.0.shared.hints.subscribe()
    }
}
