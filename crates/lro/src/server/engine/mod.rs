//! The front door of the server's side.

mod builder;
mod complete;
mod drain;
mod operation_stream;
mod stats;
mod watch;

use std::future::Future;
use std::sync::Arc;

use lro_store::{OperationName, Store};
use prost::Message;
use tokio_util::sync::DropGuard;
use tonic::{Request, Response, Status};
use tracing::Instrument;

pub use self::builder::EngineBuilder;
pub use self::complete::Completion;
pub use self::operation_stream::OperationStream;
pub use self::stats::{MethodStats, Stats};
pub use self::watch::Watch;
use super::access::Caller;
use super::context::Context;
use super::handlers::Handler;
use super::operations::OperationsService;
use super::shared::Shared;
use super::start::{self, Begun, CompletionToken, Start};
use super::tasks;
use super::telemetry::StartSpan;
use crate::Method;
use crate::google::longrunning::Operation;
use crate::google::longrunning::operations_server::OperationsServer;

/// Runs long-running operations and answers for them.
///
/// Generated servers register their handlers with it and start operations through it; a server program makes
/// one, adds [`operations_server`](Self::operations_server) to its services and ends with
/// [`drain_on`](Self::drain_on):
///
/// ```no_run
/// # async fn ctrl_c() {}
/// use lro::Engine;
/// use lro::store::MemoryStore;
/// use tonic::transport::Server;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::builder(MemoryStore::new()).build();
/// Server::builder()
///     .add_service(engine.operations_server())
///     .serve_with_shutdown("[::1]:50051".parse()?, engine.drain_on(ctrl_c()))
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// Clones are the same engine, and every server made of it holds one. So an engine whose servers still run goes on
/// when its own variable is gone; end it with [`drain`](Self::drain). A service may hold its engine: the engine holds
/// no service, but while work runs.
///
/// Work runs at least once: when the process dies, any engine on the same store that has the handler takes it
/// over.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    /// Stops the engine when the last clone is gone.
    stop: Arc<DropGuard>,
}

impl Engine {
    /// Begins an engine that keeps its operations in `store`.
    pub fn builder(store: impl Store) -> EngineBuilder {
        EngineBuilder::new(store)
    }

    fn run(shared: Arc<Shared>) -> Self {
        tasks::spawn(&shared);
        let stop = Arc::new(shared.stopped.clone().drop_guard());
        Self { shared, stop }
    }

    /// Says how operations of `method` are done: `run` is called with the service, the request and the
    /// operation's [`Context`], and its result is the operation's. Generated servers call this for their
    /// methods.
    ///
    /// From here on this process takes over such operations also from others, for as long as the service exists: the
    /// engine does not hold it, so keep the `Arc`.
    ///
    /// # Panics
    /// When the method is registered already, with a service that still exists: that is a bug of the program.
    pub fn register<S, Req, Res, Meta, F, Fut>(
        &self,
        method: Method<Req, Res, Meta>,
        service: &Arc<S>,
        run: F,
    ) where
        S: Send + Sync + 'static,
        Req: Message + Default + 'static,
        Res: Message + Default + 'static,
        Meta: Message + Default + 'static,
        F: Fn(Arc<S>, Req, Context<Meta>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Res, Status>> + Send + 'static,
    {
        let handlers = &self.shared.handlers;
        let works = handlers.works_of(service);
        handlers.insert(method.path(), Handler::new(method, service, works, run));
        self.shared.types.insert(&method);
        self.shared.claim.notify_one();
    }

    /// Starts an operation of `method`: stores it, and answers with it once it is durable. Generated servers
    /// call this for each request that their start hook admits.
    ///
    /// If the request is a repeat (AIP-155), the answer is the operation that the first one has started, as it
    /// now stands. A repeat has the method, the id and the content of a request that started an operation. The
    /// content is the same when the messages are equal, in whatever order the entries of their maps were sent;
    /// fields that the server does not know do not count. Ids are text of at most 128 bytes and should be
    /// random UUIDs. They are the caller's own: the same id of another caller is another one.
    ///
    /// An id is known for as long as its operation exists, through restarts and in every process on the same
    /// store. Deleting the operation frees the id, and then a repeat starts a new operation, even beside work
    /// of the deleted one that still goes on.
    ///
    /// If the start asks to [`join`](Start::join) an operation and there is one, that is the answer.
    ///
    /// Who calls is what the request says ([`caller`](Self::caller)); code of the server that starts an operation by
    /// itself puts a [`Caller`] into the request's extensions.
    ///
    /// A request that only asks for a check (`validate_only`, AIP-163) stores nothing and takes no slot: what
    /// can be checked without the store is, and the answer is a done operation with an empty name and an empty
    /// response. Whether the exclusive key is free is not among it.
    ///
    /// # Errors
    /// UNAVAILABLE when the store cannot be reached or the server shuts down, `RESOURCE_EXHAUSTED` when the
    /// queue or the store is full, ABORTED when another operation holds the exclusive key, `INVALID_ARGUMENT` for a
    /// parent, a key, a label or a request id that cannot be, `PERMISSION_DENIED` when the caller may not start it, and for an id that was given to a request with other
    /// content, INTERNAL when the runtime that the engine was built on has ended. In each case no operation is left
    /// behind, except that a store which fails half-way may have kept it; a repeat with the same id then finds it.
    ///
    /// Dropping the future does not undo the start.
    pub async fn start<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        request: Request<Req>,
        start: Start<Meta>,
    ) -> Result<Response<Operation>, Status>
    where
        Req: Message + Default + PartialEq + 'static,
        Res: Message + Default + 'static,
        Meta: Message + Default + 'static,
    {
        self.shared.advice.started(method.path());
        let span = StartSpan::new(method.path(), request.metadata());
        let answer = self.accept(method, request, start, &span).instrument(span.span().clone()).await;
        span.answered(&answer);
        answer
    }

    async fn accept<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        request: Request<Req>,
        start: Start<Meta>,
        span: &StartSpan,
    ) -> Result<Response<Operation>, Status>
    where
        Req: Message + Default + PartialEq + 'static,
        Res: Message + Default + 'static,
        Meta: Message + Default + 'static,
    {
        let (caller, request) = self.shared.guard.identify(request)?;
        self.shared.guard.check_start(&caller, method.path(), Some(start.parent_name())).await?;
        let request = request.into_inner();
        let joins = start.joins();
        let operation = start::prepare(&self.shared, method, &caller, &request, start)?;
        let labels = span.added_to(operation.labels());
        let operation = operation.with_labels(labels);
        if method.validate_only(&request) {
            return Ok(Response::new(start::checked(method)));
        }
        let begun = if joins {
            start::begin_or_join(&self.shared, &caller, operation).await?
        } else {
            start::begin(&self.shared, operation).await?
        };
        let answer = match begun {
            Begun::New(operation) | Begun::Joined(operation) => operation,
            Begun::Before(first) => start::answer(&self.shared, method, &request, &first)?,
            Begun::Held(holder) => return Err(start::conflict(&self.shared, &caller, &holder).await),
            Begun::Refused(status) => {
                start::find(&self.shared, method, &caller, &request).await?.ok_or(status)?
            }
        };
        Ok(Response::new(answer))
    }

    /// Ends an operation that others finish ([`Start::delegated`]) with a response, from any process on the same
    /// store. The first end counts; a later one says [`Completion::AlreadyDone`], so a call whose answer got lost can
    /// be repeated.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such operation, or not for this token, `RESOURCE_EXHAUSTED` when what is to be
    /// stored is too large, UNAVAILABLE when the store cannot be reached. Dropping the future leaves open whether the
    /// operation has ended.
    pub async fn complete<Req, Res: Message, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        token: &CompletionToken,
        response: Res,
    ) -> Result<Completion, Status> {
        complete::complete(&self.shared, method, token, &response).await
    }

    /// Ends an operation that others finish with an error; otherwise like [`complete`](Self::complete).
    ///
    /// # Errors
    /// Those of [`complete`](Self::complete).
    pub async fn fail(&self, token: &CompletionToken, error: Status) -> Result<Completion, Status> {
        complete::fail(&self.shared, token, &error).await
    }

    /// Reports how far an operation is that others finish, as its metadata. It is written at once.
    ///
    /// # Errors
    /// Those of [`complete`](Self::complete).
    pub async fn report<Req, Res, Meta: Message>(
        &self,
        method: Method<Req, Res, Meta>,
        token: &CompletionToken,
        metadata: Meta,
    ) -> Result<Completion, Status> {
        complete::report(&self.shared, method, token, &metadata).await
    }

    /// Who sends a request ([`EngineBuilder::identify`]), for methods that the engine has no part in.
    ///
    /// # Errors
    /// Those of `identify`, and UNAUTHENTICATED for a caller whose name cannot be.
    pub fn caller<T>(&self, request: &Request<T>) -> Result<Caller, Status> {
        let (metadata, extensions) = (request.metadata().clone(), request.extensions().clone());
        self.shared.guard.caller(&Request::from_parts(metadata, extensions, ()))
    }

    /// The states of an operation as they come, if the caller may watch it. It costs something only while it is polled.
    ///
    /// On behalf of a client, the caller is whoever [sent the request](Self::caller); for itself, the server is
    /// [`Caller::server`].
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for a malformed name. What goes wrong later, and that the caller may not watch it, is an item
    /// of the stream.
    pub fn watch(&self, caller: &Caller, name: &str) -> Result<Watch, Status> {
        let name =
            OperationName::parse(name).map_err(|error| self.shared.errors.invalid_name("name", &error))?;
        Ok(Watch::new(Arc::clone(&self.shared), caller.clone(), name))
    }

    /// What this process has to do right now.
    pub fn stats(&self) -> Stats {
        stats::stats(&self.shared)
    }

    /// The service `google.longrunning.Operations` over this engine's store, as tonic's own server type with
    /// all its settings.
    pub fn operations_server(&self) -> OperationsServer<OperationsService> {
        OperationsServer::new(self.operations_service())
    }

    /// The same service, to be called or wrapped: an API that has a `GetOperation` or `WaitOperation` of its own answers
    /// with what this one does.
    ///
    /// ```
    /// use lro::Engine;
    /// use lro::google::longrunning::operations_server::Operations;
    /// use lro::google::longrunning::{GetOperationRequest, Operation};
    /// use tonic::{Request, Response, Status};
    ///
    /// // The method of the same name of the API's own service.
    /// async fn get_operation(
    ///     engine: &Engine,
    ///     request: Request<GetOperationRequest>,
    /// ) -> Result<Response<Operation>, Status> {
    ///     engine.operations_service().get_operation(request).await
    /// }
    /// ```
    pub fn operations_service(&self) -> OperationsService {
        OperationsService::new(Arc::clone(&self.shared), Arc::clone(&self.stop))
    }

    /// Waits for `signal`, and then does what [`drain`](Self::drain) does: made for `serve_with_shutdown`.
    pub fn drain_on<F>(&self, signal: F) -> impl Future<Output = ()> + Send + use<F>
    where
        F: Future + Send + 'static,
    {
        let engine = self.clone();
        async move {
            drop(signal.await);
            engine.drain().await;
        }
    }

    /// Shuts down: starts and claims nothing more, lets work finish for the drain time, hands what is left
    /// back to the store so that others can go on at once, and answers those who wait. Nothing that was
    /// accepted is lost.
    ///
    /// Safe to call more than once. Dropping the future leaves the engine draining, and a further call goes
    /// on with it.
    pub async fn drain(&self) {
        drain::drain(&self.shared).await;
    }

    /// Ends the time that a [`drain`](Self::drain) gives to running work, or begins one that gives none: for a second
    /// signal to a process that is shutting down. The drain still hands back what runs.
    pub fn stop(&self) {
        self.shared.stopped.cancel();
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}
