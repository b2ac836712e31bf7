//! Conveniences for those who call a store.

use async_trait::async_trait;

use crate::{
    Creation, Error, Fence, Finish, Interruption, NewOperation, OperationName, Outcome, Release, Report,
    Store, View, WriteResult,
};

/// The batch methods of [`Store`] for one item each. Every store has them.
///
/// Errors and what happens when a future is dropped are those of the method they call.
#[async_trait]
pub trait StoreExt: Store {
    /// [`Store::create`] for one operation.
    async fn create_one(&self, operation: NewOperation) -> Result<Creation, Error> {
        only(self.create(vec![operation]).await?)
    }

    /// [`Store::get`] for one name.
    async fn get_one(&self, name: &OperationName) -> Result<Option<View>, Error> {
        only(self.get(vec![name.clone()]).await?)
    }

    /// [`Store::delete`] for one name.
    async fn delete_one(&self, name: &OperationName) -> Result<bool, Error> {
        only(self.delete(vec![name.clone()]).await?)
    }

    /// [`Store::request_cancel`] for one name.
    async fn request_cancel_one(&self, name: &OperationName) -> Result<bool, Error> {
        only(self.request_cancel(vec![name.clone()]).await?)
    }

    /// [`Store::report`] for one operation.
    async fn report_one(&self, report: Report) -> Result<WriteResult, Error> {
        only(self.report(vec![report]).await?)
    }

    /// [`Store::finish`] for one operation, without metadata.
    async fn finish_one(&self, fence: Fence, outcome: Outcome) -> Result<WriteResult, Error> {
        only(self.finish(vec![Finish::new(fence, outcome)]).await?)
    }

    /// [`Store::release`] for one operation, without metadata.
    async fn release_one(&self, fence: Fence, interruption: Interruption) -> Result<WriteResult, Error> {
        only(self.release(vec![Release::new(fence, interruption)]).await?)
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
