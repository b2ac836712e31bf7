//! The RPCs that tell of operations, for programs that know names and no methods.

mod list;

use std::fmt;
use std::time::Duration;

use prost_types::Any;

pub use self::list::OperationList;
use super::Client;
use super::operation::{Operation, OperationError, RawOperation};
use super::reference::{OperationRef, OtherMethod};
use crate::google::longrunning;
use crate::{Method, OperationRpcs};

/// The operations of a server: lists of them, and calls about one by its name.
///
/// This is for programs that look after the operations of others, such as consoles; a program that has started an operation has its
/// handle. [`Client::operations`] makes one, and generated clients have the same method.
///
/// ```no_run
/// # async fn example(client: lro::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let operations = client.operations();
/// let mut running = operations.list("shelves/1").filter("done = false");
/// while let Some(operation) = running.next().await {
///     operations.cancel(operation?.name()).await?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// The calls go to `google.longrunning.Operations`, unless [`by`](Self::by) names a method whose operations have RPCs of their own. They are
/// those of the handles, with the settings of the client. Clones are cheap.
#[derive(Clone)]
pub struct OperationsClient {
    client: Client,
    rpcs: &'static OperationRpcs,
    is_routed: bool,
}

impl Client {
    /// The operations of the server, whatever methods have started them.
    pub fn operations(&self) -> OperationsClient {
        OperationsClient { client: self.clone(), rpcs: &OperationRpcs::GOOGLE, is_routed: false }
    }

    /// Makes the handle of an operation whose types are not known from a message that came in another way. Sends nothing.
    pub fn attach_raw(&self, operation: longrunning::Operation) -> RawOperation {
        self.operations().handle(operation.name.clone(), Some(operation))
    }
}

impl OperationsClient {
    /// Asks by the RPCs that tell of operations of `method`, and with routing headers if clients of `method` send them.
    #[must_use]
    pub fn by<Req, Res, Meta>(mut self, method: Method<Req, Res, Meta>) -> Self {
        self.rpcs = method.rpcs();
        self.is_routed = method.has_routing();
        self
    }

    /// Lists the operations below `parent`, or all that the caller may see if `parent` is empty.
    ///
    /// Asks the server nothing before the stream is polled. See [`OperationList`].
    pub fn list(&self, parent: impl Into<String>) -> OperationList<Any, Any> {
        let asker = self.clone();
        let handle =
            move |operation: longrunning::Operation| asker.handle(operation.name.clone(), Some(operation));
        OperationList::new(self.client.clone(), self.rpcs, self.is_routed, parent.into(), handle)
    }

    /// Asks for the operation called `name`. The handle knows it as the server has answered ([`Operation::latest`]).
    ///
    /// Is as [`Operation::poll`]; dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// The server could not be asked or refused, or it breaks the protocol. How the operation ended is no error here.
    pub async fn get(&self, name: impl Into<String>) -> Result<RawOperation, OperationError> {
        let operation = self.handle(name.into(), None);
        operation.poll().await?;
        Ok(operation)
    }

    /// Waits until the operation called `name` has ended, or until `timeout` is over. The handle knows the operation as it is then
    /// ([`Operation::latest`]).
    ///
    /// Waits as [`Operation::wait`] does, also where the server does not have `WaitOperation`. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// The server refused or breaks the protocol, or could not be asked within `timeout`. Neither how the operation ended nor that it
    /// has not is an error here.
    pub async fn wait(
        &self,
        name: impl Into<String>,
        timeout: Duration,
    ) -> Result<RawOperation, OperationError> {
        let operation = self.handle(name.into(), None).with_timeout(timeout);
        match operation.wait().await {
            Ok(_) => Ok(operation),
            Err(error) if error.is_failed() || error.is_cancelled() => Ok(operation),
            Err(error) if error.is_timed_out() && operation.latest()?.is_some() => Ok(operation),
            Err(error) => Err(error),
        }
    }

    /// Asks the server to stop the work of the operation called `name`. Is as [`Operation::cancel`].
    ///
    /// # Errors
    ///
    /// The server could not be asked, or refused.
    pub async fn cancel(&self, name: impl Into<String>) -> Result<(), OperationError> {
        self.handle(name.into(), None).cancel().await
    }

    /// Asks the server to forget the operation called `name`. Is as [`Operation::delete`].
    ///
    /// # Errors
    ///
    /// The server could not be asked, or refused.
    pub async fn delete(&self, name: impl Into<String>) -> Result<(), OperationError> {
        self.handle(name.into(), None).delete().await
    }

    /// Makes the handle of an operation of `method` again. Sends nothing. Is as [`Client::resume`], which generated clients have not.
    ///
    /// # Errors
    ///
    /// [`OtherMethod`], if another method has started the operation.
    pub fn resume<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        reference: &OperationRef,
    ) -> Result<Operation<Res, Meta>, OtherMethod> {
        self.client.resume(method, reference)
    }

    /// The handle of the operation called `name`.
    fn handle(&self, name: String, latest: Option<longrunning::Operation>) -> RawOperation {
        Operation::raw(self.client.clone(), name, latest).asking_by(self.rpcs, self.is_routed)
    }
}

impl fmt::Debug for OperationsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, rpcs, is_routed } = self;
        f.debug_struct("OperationsClient")
            .field("client", client)
            .field("rpcs", rpcs)
            .field("is_routed", is_routed)
            .finish()
    }
}
