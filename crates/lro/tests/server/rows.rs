//! A store with transactions: operations in memory, and beside them rows, which are texts.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lro::store::{
    Changes, Claim, Creation, Error, Fence, Finish, InTransaction, KeepAlive, ListQuery, MemoryStore,
    NewOperation, OperationName, Page, ParentPattern, Record, Refusal, Release, Report, RequestKey, Store,
    StoreExt, Sweep, View, WorkerId, WriteResult,
};
use lro::testing::memory_store;
use tonic::Status;

type Outcome = Result<(), Box<dyn StdError + Send + Sync>>;

/// What this store is asked to write.
struct Writes(Box<Write>);

type Write = dyn Fn(&mut Vec<String>) -> Outcome + Send + Sync;

/// Calls are made one by one, so the rows of a call and its operations change together.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    operations: MemoryStore,
    rows: Arc<Mutex<Vec<String>>>,
}

impl Default for Rows {
    fn default() -> Self {
        Self { operations: memory_store(), rows: Arc::default() }
    }
}

/// Adds a row that must not be there; one called `broken` is more than the table takes.
pub(crate) fn add(row: &str) -> InTransaction {
    let row = row.to_owned();
    Rows::writes(move |rows| match &*row {
        "broken" => Err("there is no such column".into()),
        row if rows.iter().any(|there| there == row) => {
            Err(Status::already_exists(format!("{row} is there")).into())
        }
        row => {
            rows.push(row.to_owned());
            Ok(())
        }
    })
}

impl Rows {
    pub(crate) fn writes(
        write: impl Fn(&mut Vec<String>) -> Outcome + Send + Sync + 'static,
    ) -> InTransaction {
        InTransaction::new(Writes(Box::new(write)))
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.rows.lock().unwrap().clone()
    }

    pub(crate) async fn count(&self) -> usize {
        self.operations.list(&ListQuery::new(ParentPattern::all(), 100)).await.unwrap().views.len()
    }

    /// The rows after these writes.
    fn after(&self, writes: Option<&InTransaction>) -> Result<Vec<String>, Refusal> {
        let mut rows = self.all();
        if let Some(writes) = writes {
            let writes = writes.downcast_ref::<Writes>().ok_or_else(InTransaction::unknown)?;
            writes.0(&mut rows).map_err(Refusal::new)?;
        }
        Ok(rows)
    }

    fn keep(&self, rows: Vec<String>) {
        *self.rows.lock().unwrap() = rows;
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Store for Rows {
    async fn create(&self, operations: Vec<NewOperation>) -> Result<Vec<Creation>, Error> {
        let mut answers = Vec::new();
        for mut operation in operations {
            let writes = operation.take_transaction();
            answers.push(match self.after(writes.as_ref()) {
                Err(refusal) => Creation::Refused(refusal),
                Ok(rows) => {
                    let answer = self.operations.create_one(operation).await?;
                    if matches!(answer, Creation::Created(_)) {
                        self.keep(rows);
                    }
                    answer
                }
            });
        }
        Ok(answers)
    }

    async fn get(&self, names: Vec<OperationName>) -> Result<Vec<Option<View>>, Error> {
        self.operations.get(names).await
    }

    async fn find_by_request(&self, request: &RequestKey) -> Result<Option<Record>, Error> {
        self.operations.find_by_request(request).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, Error> {
        self.operations.list(query).await
    }

    async fn delete(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.operations.delete(names).await
    }

    async fn request_cancel(&self, names: Vec<OperationName>) -> Result<Vec<bool>, Error> {
        self.operations.request_cancel(names).await
    }

    async fn keep_alive(&self, worker: &WorkerId, lease: Duration) -> Result<KeepAlive, Error> {
        self.operations.keep_alive(worker, lease).await
    }

    async fn leave(&self, worker: &WorkerId) -> Result<Sweep, Error> {
        self.operations.leave(worker).await
    }

    async fn reclaim(&self, worker: &WorkerId, limit: usize) -> Result<Sweep, Error> {
        self.operations.reclaim(worker, limit).await
    }

    async fn held(
        &self,
        worker: &WorkerId,
        after: Option<&OperationName>,
        limit: usize,
    ) -> Result<Vec<Fence>, Error> {
        self.operations.held(worker, after, limit).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Record>, Error> {
        self.operations.claim(claim).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<Vec<WriteResult>, Error> {
        let mut results = Vec::new();
        for mut report in reports {
            let writes = report.in_transaction.take();
            results.push(match self.after(writes.as_ref()) {
                Err(refusal) => WriteResult::Refused(refusal),
                Ok(rows) => {
                    let result = self.operations.report_one(report).await?;
                    if result.is_applied() {
                        self.keep(rows);
                    }
                    result
                }
            });
        }
        Ok(results)
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<Vec<WriteResult>, Error> {
        let mut results = Vec::new();
        for mut finish in finishes {
            let writes = finish.in_transaction.take();
            // What is done already has nothing to write.
            let is_done =
                self.operations.get_one(&finish.fence.name).await?.is_some_and(|view| view.is_done());
            let rows = if is_done { Ok(self.all()) } else { self.after(writes.as_ref()) };
            results.push(match rows {
                Err(refusal) => WriteResult::Refused(refusal),
                Ok(rows) => {
                    let result = self.operations.finish(vec![finish]).await?.remove(0);
                    if result.is_applied() {
                        self.keep(rows);
                    }
                    result
                }
            });
        }
        Ok(results)
    }

    async fn release(&self, releases: Vec<Release>) -> Result<Vec<WriteResult>, Error> {
        self.operations.release(releases).await
    }

    async fn expire(&self, limit: usize) -> Result<Sweep, Error> {
        self.operations.expire(limit).await
    }

    async fn purge(&self, limit: usize) -> Result<usize, Error> {
        self.operations.purge(limit).await
    }

    fn changes(&self) -> Changes {
        self.operations.changes()
    }
}
