//! Conveniences for those who call a store.

use async_trait::async_trait;

use crate::{
    Error, Fenced, Finish, LeaseId, LeaseStatus, NewOperation, OperationName, Outcome, Payload, Progress,
    Record, Store,
};

/// The batch methods of [`Store`] for one item each. Every store has them.
///
/// Errors and what happens when a future is dropped are those of the method they call.
#[async_trait]
pub trait StoreExt: Store {
    /// [`Store::create`] for one operation.
    async fn create_one(&self, operation: NewOperation) -> Result<Record, Error> {
        only(self.create(vec![operation]).await?)?
    }

    /// [`Store::get`] for one name.
    async fn get_one(&self, name: &OperationName) -> Result<Option<Record>, Error> {
        only(self.get(std::slice::from_ref(name)).await?)
    }

    /// [`Store::progress`] for one lease.
    async fn progress_one(&self, lease: LeaseId, metadata: Payload) -> Result<LeaseStatus, Error> {
        only(self.progress(vec![Progress { lease, metadata }]).await?)
    }

    /// [`Store::finish`] for one lease.
    async fn finish_one(&self, lease: LeaseId, outcome: Outcome) -> Result<Fenced, Error> {
        only(self.finish(vec![Finish { lease, outcome }]).await?)
    }

    /// [`Store::release`] for one lease.
    async fn release_one(&self, lease: &LeaseId) -> Result<Fenced, Error> {
        only(self.release(std::slice::from_ref(lease)).await?)
    }
}

impl<S: Store + ?Sized> StoreExt for S {}

fn only<T>(answers: Vec<T>) -> Result<T, Error> {
    let count = answers.len();
    match <[T; 1]>::try_from(answers) {
        Ok([answer]) => Ok(answer),
        Err(_) => Err(Error::internal(format!("the store gave {count} answers to a batch of 1"))),
    }
}
