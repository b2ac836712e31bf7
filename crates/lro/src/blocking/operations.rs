//! The operations of a server.

use std::iter::FusedIterator;
use std::time::Duration;

use prost_types::Any;
use tonic::Status;

use super::operation::{Operation, RawOperation};
use super::run;
use crate::{Method, OperationError};

/// As [`lro::OperationsClient`](crate::OperationsClient), for programs without `async`.
#[derive(Debug, Clone)]
pub struct OperationsClient {
    inner: crate::OperationsClient,
}

impl OperationsClient {
    /// Asks by the RPCs that tell of operations of `method`.
    #[must_use]
    pub fn by<Req, Res, Meta>(self, method: Method<Req, Res, Meta>) -> Self {
        self.inner.by(method).into()
    }

    /// Lists the operations below `parent`, or all that the caller may see if `parent` is empty. Sends nothing before the first item is asked for.
    pub fn list(&self, parent: impl Into<String>) -> OperationList<Any, Any> {
        OperationList { inner: self.inner.list(parent) }
    }

    /// Asks for the operation called `name`. Is as [`OperationsClient::get`](crate::OperationsClient::get).
    ///
    /// # Errors
    ///
    /// The server could not be asked or refused, or it breaks the protocol.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn get(&self, name: impl Into<String>) -> Result<RawOperation, OperationError> {
        run(self.inner.get(name)).map(Operation::from)
    }

    /// Blocks until the operation called `name` has ended, or until `timeout` is over. Is as
    /// [`OperationsClient::wait`](crate::OperationsClient::wait).
    ///
    /// # Errors
    ///
    /// The server refused or breaks the protocol, or could not be asked within `timeout`.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn wait(&self, name: impl Into<String>, timeout: Duration) -> Result<RawOperation, OperationError> {
        run(self.inner.wait(name, timeout)).map(Operation::from)
    }

    /// Asks the server to stop the work of the operation called `name`.
    ///
    /// # Errors
    ///
    /// The server could not be asked, or refused.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn cancel(&self, name: impl Into<String>) -> Result<(), OperationError> {
        run(self.inner.cancel(name))
    }

    /// Asks the server to forget the operation called `name`.
    ///
    /// # Errors
    ///
    /// The server could not be asked, or refused.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn delete(&self, name: impl Into<String>) -> Result<(), OperationError> {
        run(self.inner.delete(name))
    }
}

impl From<crate::OperationsClient> for OperationsClient {
    fn from(inner: crate::OperationsClient) -> Self {
        Self { inner }
    }
}

/// A list of operations before it is asked for: as [`lro::OperationList`](crate::OperationList), for loops without `async`.
///
/// ```no_run
/// # fn example(client: lro::blocking::Client) -> Result<(), tonic::Status> {
/// for operation in client.operations().list("shelves/1").filter("done = false") {
///     println!("{}", operation?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a list does nothing unless it is asked for items"]
pub struct OperationList<Res, Meta> {
    inner: crate::OperationList<Res, Meta>,
}

impl OperationList<Any, Any> {
    /// Lists the operations that are of `method`'s types, with handles that have these types.
    pub fn of<Req, Res, Meta>(self, method: Method<Req, Res, Meta>) -> OperationList<Res, Meta>
    where
        Req: 'static,
        Res: 'static,
        Meta: 'static,
    {
        OperationList { inner: self.inner.of(method) }
    }
}

impl<Res, Meta> OperationList<Res, Meta> {
    /// Lists only what the server finds with this filter, such as `done = false` (AIP-160).
    pub fn filter(self, filter: impl Into<String>) -> Self {
        Self { inner: self.inner.filter(filter) }
    }

    /// Asks for at most so many operations with one call.
    pub fn page_size(self, size: i32) -> Self {
        Self { inner: self.inner.page_size(size) }
    }
}

impl<Res, Meta> IntoIterator for OperationList<Res, Meta> {
    type Item = Result<Operation<Res, Meta>, Status>;
    type IntoIter = OperationIter<Res, Meta>;

    fn into_iter(self) -> OperationIter<Res, Meta> {
        OperationIter { inner: self.inner }
    }
}

/// The operations of an [`OperationList`], page after page. An error is the last item.
///
/// It blocks while a page is asked for, and panics where that is not allowed (see the [module](super#panics)).
#[derive(Debug)]
#[must_use = "an iterator does nothing unless it is asked for items"]
pub struct OperationIter<Res, Meta> {
    inner: crate::OperationList<Res, Meta>,
}

impl<Res, Meta> Iterator for OperationIter<Res, Meta> {
    type Item = Result<Operation<Res, Meta>, Status>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        run(self.inner.next()).map(|item| item.map(Operation::from))
    }
}

impl<Res, Meta> FusedIterator for OperationIter<Res, Meta> {}
