//! The front door of the server's side.

use std::future::Future;
use std::sync::Arc;

use lro_store::Store;
use prost::Message;
use tokio::sync::Mutex;
use tokio_util::sync::DropGuard;
use tonic::{Request, Response, Status};

use super::background::keep_alive;
use super::handlers::Handler;
use super::inner::Inner;
use super::start::Begun;
use super::{
    Context, EngineBuilder, OperationsService, Start, claim, drain, expire, heartbeat, hub, purge, repeat,
    settle, start,
};
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
/// Clones are the same engine, and every service made of it holds one: a generated server, the operations
/// server, and what serves them. So an engine whose servers still run goes on when its own variable is gone;
/// end it with [`drain`](Self::drain).
///
/// Work runs at least once: when the process dies, any engine on the same store that has the handler takes it
/// over.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
    /// Stops the engine when the last clone is gone.
    _stop: Arc<DropGuard>,
}

impl Engine {
    /// Begins an engine that keeps its operations in `store`.
    pub fn builder(store: impl Store) -> EngineBuilder {
        EngineBuilder::new(store)
    }

    pub(super) fn run(inner: Arc<Inner>) -> Self {
        // Subscribed before anything can change, so that no waiter misses a hint.
        let changes = Arc::new(Mutex::new(inner.store.changes()));
        tokio::spawn(keep_alive(&inner, "hub", move |inner| hub::run(inner, Arc::clone(&changes))));
        tokio::spawn(keep_alive(&inner, "settle", settle::run));
        tokio::spawn(keep_alive(&inner, "heartbeat", heartbeat::run));
        tokio::spawn(keep_alive(&inner, "expire", expire::run));
        tokio::spawn(keep_alive(&inner, "purge", purge::run));
        inner.tasks.spawn(keep_alive(&inner, "claim", claim::run));
        let stop = Arc::new(inner.stopped.clone().drop_guard());
        Self { inner, _stop: stop }
    }

    /// Says how operations of `method` are done: `run` is called with the service, the request and the
    /// operation's [`Context`], and its result is the operation's. Generated servers call this for their
    /// methods; a second call for a method replaces the first.
    ///
    /// From here on this process takes over such operations also from others.
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
        self.inner.handlers.insert(method.path(), Handler::new(method, Arc::clone(service), run));
        self.inner.claim.notify_one();
    }

    /// Starts an operation of `method`: stores it, and answers with it once it is durable. Generated servers
    /// call this for each request that their start hook admits.
    ///
    /// If the request is a repeat (AIP-155), the answer is the operation that the first one has started, as it
    /// now stands. A repeat has the method, the id and the content of a request that started an operation. The
    /// content is the same when the messages are equal, in whatever order the entries of their maps were sent;
    /// fields that the server does not know do not count. Ids are text of at most 128 bytes and should be
    /// random UUIDs. Callers are not told apart: an id that one of them guesses from another tells of its
    /// operation.
    ///
    /// An id is known for as long as its operation exists, through restarts and in every process on the same
    /// store. Deleting the operation frees the id, and then a repeat starts a new operation, even beside work
    /// of the deleted one that still goes on.
    ///
    /// A request that only asks for a check (`validate_only`, AIP-163) stores nothing and takes no place: what
    /// can be checked without the store is, and the answer is a done operation with an empty name and an empty
    /// response. Whether the exclusive key is free is not among it.
    ///
    /// # Errors
    /// UNAVAILABLE when the store cannot be reached or the server shuts down, `RESOURCE_EXHAUSTED` when the
    /// queue is full, ABORTED when another operation holds the exclusive key, `INVALID_ARGUMENT` for a parent,
    /// a key or a request id that cannot be, and for an id that was given to a request with other content. In
    /// each case no operation is left behind, except that a store which fails half-way may have kept it; a
    /// repeat with the same id then finds it.
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
        let request = request.into_inner();
        let operation = start::prepare(&self.inner, method, &request, start)?;
        if method.validate_only(&request) {
            return Ok(Response::new(start::checked(method)));
        }
        let answer = match start::begin(&self.inner, operation).await? {
            Begun::New(operation) => operation,
            Begun::Before(first) => repeat::answer(&self.inner, method, &request, &first)?,
        };
        Ok(Response::new(answer))
    }

    /// The service `google.longrunning.Operations` over this engine's store, as tonic's own server type with
    /// all its settings.
    pub fn operations_server(&self) -> OperationsServer<OperationsService> {
        OperationsServer::new(OperationsService::new(self.clone()))
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
        drain::drain(&self.inner).await;
    }

    /// The operation that this request has started before, as it now stands; `None` if it is no repeat, and at
    /// once if it has no request id or only asks for a check. Comes before the start hook, so that a hook does
    /// not refuse what it has admitted before.
    ///
    /// Of equal requests at the same moment, all of which find nothing here, [`start`](Self::start) starts one,
    /// and gives it to the others too.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an id that cannot be, and for one that was given to a request with other content;
    /// UNAVAILABLE when the store cannot be reached.
    ///
    /// The future may be dropped without harm.
    pub(super) async fn repeated<Req, Res, Meta>(
        &self,
        method: Method<Req, Res, Meta>,
        request: &Request<Req>,
    ) -> Result<Option<Response<Operation>>, Status>
    where
        Req: Message + Default + PartialEq + 'static,
    {
        let first = repeat::find(&self.inner, method, request.get_ref()).await?;
        Ok(first.map(Response::new))
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }
}
