//! The client.

use prost::Message;
use tonic::codegen::StdError;
use tonic::transport::{self, Endpoint};
use tonic::{Request, Response, Status};

use super::operation::{Operation, RawOperation};
use super::operations::OperationsClient;
use super::run;
use crate::google::longrunning;
use crate::{Method, OperationRef, OtherMethod};

/// As [`lro::Client`](crate::Client), for programs without `async`.
///
/// Cloning is cheap, and clones share the connection.
#[derive(Debug, Clone)]
pub struct Client {
    inner: crate::Client,
}

impl Client {
    /// Connects as [`Client::connect`](crate::Client::connect) does.
    ///
    /// # Errors
    ///
    /// The destination is not a URI, or nothing answers there.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn connect<D>(destination: D) -> Result<Self, transport::Error>
    where
        D: TryInto<Endpoint>,
        D::Error: Into<StdError>,
    {
        run(crate::Client::connect(destination)).map(Self::from)
    }

    /// Changes the settings, which are those of [`lro::Client`](crate::Client).
    ///
    /// ```no_run
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use lro::blocking::Client;
    ///
    /// let client = Client::connect("http://[::1]:50051")?
    ///     .configure(|client| client.max_decoding_message_size(16 * 1024 * 1024));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn configure(self, change: impl FnOnce(crate::Client) -> crate::Client) -> Self {
        change(self.inner).into()
    }

    /// Calls `method`, and returns the handle of the operation that it starts. Is as [`Client::start`](crate::Client::start).
    ///
    /// What [`Starting`](crate::Starting) can do besides, such as telling the request id before the call, goes through [`run`](super::run):
    /// `run(client.as_async().start(method, request).carry_metadata())`.
    ///
    /// # Errors
    ///
    /// The RPC's own error, which means that no operation was started.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn start<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        request: Request<Req>,
    ) -> Result<Operation<Res, Meta>, Status>
    where
        Req: Message + 'static,
        Res: 'static,
        Meta: 'static,
    {
        run(async { self.inner.start(method, request).await }).map(Operation::from)
    }

    /// Likewise for a method that answers with a stream of the operation's states. Is as
    /// [`Client::start_streaming`](crate::Client::start_streaming).
    ///
    /// # Errors
    ///
    /// The RPC's own error; UNAVAILABLE if the stream ends before the first state.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn start_streaming<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        request: Request<Req>,
    ) -> Result<Operation<Res, Meta>, Status>
    where
        Req: Message + 'static,
        Res: 'static,
        Meta: 'static,
    {
        run(async { self.inner.start_streaming(method, request).await }).map(Operation::from)
    }

    /// Calls the unary RPC at `path` (`/package.Service/Method`).
    ///
    /// # Errors
    ///
    /// The server's error, the transport's error, or INTERNAL if `path` is not the path of an RPC.
    ///
    /// # Panics
    ///
    /// Where blocking is not allowed; see the [module](super#panics).
    #[track_caller]
    pub fn unary<Req, Res>(&self, path: &'static str, request: Request<Req>) -> Result<Response<Res>, Status>
    where
        Req: Message + 'static,
        Res: Message + Default + 'static,
    {
        run(self.inner.unary(path, request))
    }

    /// Makes the handle of an operation of `method` from the operation's name. Sends nothing.
    pub fn operation<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        name: impl Into<String>,
    ) -> Operation<Res, Meta> {
        self.inner.operation(method, name).into()
    }

    /// Makes the handle of an operation of `method` again. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`OtherMethod`], if another method has started the operation.
    pub fn resume<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        reference: &OperationRef,
    ) -> Result<Operation<Res, Meta>, OtherMethod> {
        self.inner.resume(method, reference).map(Operation::from)
    }

    /// Makes the handle of an operation of `method` from a message that came in another way. Sends nothing.
    pub fn attach<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        operation: longrunning::Operation,
    ) -> Operation<Res, Meta> {
        self.inner.attach(method, operation).into()
    }

    /// Makes the handle of an operation whose types are not known from the operation's name. Sends nothing.
    pub fn raw_operation(&self, name: impl Into<String>) -> RawOperation {
        self.inner.raw_operation(name).into()
    }

    /// The operations of the server, whatever methods have started them.
    pub fn operations(&self) -> OperationsClient {
        self.inner.operations().into()
    }

    /// The client beneath, to make a generated client of it, for instance.
    pub fn as_async(&self) -> &crate::Client {
        &self.inner
    }
}

/// Makes the calls of `inner` from programs without `async`.
///
/// A channel of tonic's that was made in another runtime lives no longer than that.
impl From<crate::Client> for Client {
    fn from(inner: crate::Client) -> Self {
        Self { inner }
    }
}
