//! How an engine is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Clock, Store};
use tonic::{Request, Status};

use super::Engine;
use crate::Method;
use crate::server::access::{Authorizer, Caller, Guard, Identify};
use crate::server::settings::{LONGEST_INTERVAL, OnDelete, Settings};
use crate::server::shared::Shared;
use crate::server::state::page_token::PageTokens;
use crate::server::state::random::Random;
use crate::server::status::Errors;

/// Makes an [`Engine`]. Every setting has a default that suits most servers.
#[must_use = "an engine is made by `build`"]
pub struct EngineBuilder {
    store: Arc<dyn Store>,
    settings: Settings,
    random: Random,
    page_tokens: PageTokens,
    error_domain: Arc<str>,
    identify: Option<Arc<Identify>>,
    authorizer: Option<Arc<dyn Authorizer>>,
}

impl EngineBuilder {
    pub(super) fn new(store: impl Store) -> Self {
        Self {
            store: Arc::new(store),
            settings: Settings::default(),
            random: Random::default(),
            page_tokens: PageTokens::with_random_key(),
            error_domain: "lro".into(),
            identify: None,
            authorizer: None,
        }
    }

    /// Says who sends a request, by its metadata, by extensions that layers and interceptors have put there, or by the
    /// certificates of its peer. An error, usually UNAUTHENTICATED, is the error of the RPC. It is called for each
    /// request that starts an operation and for each of `google.longrunning.Operations`, and should not wait for
    /// anything: what has to, such as a look at a token, is the matter of a layer.
    ///
    /// Operations then remember whose they are, and request ids and page tokens are good for their caller only. Unless an
    /// [`authorizer`](Self::authorizer) says otherwise, callers see and change only what is their own
    /// ([`OwnersOnly`](crate::OwnersOnly)). By default all callers are anonymous, and alike.
    ///
    /// ```
    /// use lro::store::MemoryStore;
    /// use lro::{Caller, Engine};
    /// use tonic::Status;
    ///
    /// let builder = Engine::builder(MemoryStore::new()).identify(|request| {
    ///     // Set by a proxy that has checked it, and that lets no caller set it.
    ///     let user = request.metadata().get("x-user").and_then(|user| user.to_str().ok());
    ///     user.map(Caller::new).ok_or_else(|| Status::unauthenticated("who are you?"))
    /// });
    /// # let _ = builder;
    /// ```
    pub fn identify<F>(mut self, identify: F) -> Self
    where
        F: Fn(&Request<()>) -> Result<Caller, Status> + Send + Sync + 'static,
    {
        self.identify = Some(Arc::new(identify));
        self
    }

    /// Decides who may do what. By default that is [`Everyone`](crate::Everyone) where callers are not told apart, and
    /// [`OwnersOnly`](crate::OwnersOnly) where they [are](Self::identify).
    pub fn authorizer(mut self, authorizer: impl Authorizer) -> Self {
        self.authorizer = Some(Arc::new(authorizer));
        self
    }

    /// How many operations run in this process at a time; 100 by default.
    pub fn concurrency(mut self, operations: usize) -> Self {
        self.settings.concurrency = operations;
        self
    }

    /// How many operations of one method run in this process at a time, beside the limit for all of them; without
    /// it, a method may take all slots. So a hundred slow exports keep nothing else from running.
    pub fn method_concurrency<Req, Res, Meta>(
        mut self,
        method: Method<Req, Res, Meta>,
        operations: usize,
    ) -> Self {
        self.settings.method_concurrency.insert(method.path(), operations);
        self
    }

    /// Makes this process only accept operations and answer for them; others that share its store do the work. A
    /// process that only works registers its methods without serving them: the generated
    /// `LibraryServiceLroServer::register`.
    pub fn serve_only(self) -> Self {
        self.concurrency(0)
    }

    /// How many operations that this process has accepted may wait for a free slot or for their exclusive key;
    /// 10,000 by default. A start beyond that fails with `RESOURCE_EXHAUSTED`; with 0, one that finds no free slot
    /// does. What other processes have accepted does not count, nor what is delayed.
    pub fn queue_limit(mut self, operations: usize) -> Self {
        self.settings.queue_limit = operations;
        self
    }

    /// How long a process may be silent before others take over what it runs; 30 seconds by default. It is not a
    /// limit for the work: while its process lives, work goes on as long as it takes.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease.min(LONGEST_INTERVAL);
        self
    }

    /// How often a process gives the store a sign of life, and how long it waits for the answer; by default a
    /// quarter of the lease. More than a third of the lease counts as a third, so that one may fail. While work runs in
    /// the process, more than the [poll interval](Self::poll_interval) counts as that.
    pub fn keep_alive_interval(mut self, interval: Duration) -> Self {
        self.settings.keep_alive_interval = Some(interval);
        self
    }

    /// Stops all work before another process could take it over, as is done anyway with work that has an exclusive
    /// key. By default work goes on while the store cannot be reached, and counts if it ends before somebody else
    /// has taken it over; so a fail-over of the database interrupts nothing, and two attempts may overlap for a
    /// while.
    pub fn strict(mut self, strict: bool) -> Self {
        self.settings.strict = strict;
        self
    }

    /// How often to look for what no hint of the store has announced: work, that of processes that died, requests to
    /// stop what runs, and the end of operations that somebody waits for; 2 seconds by default. Intervals vary by up to a fifth, so that
    /// processes do not look together.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.settings.poll_interval = interval;
        self
    }

    /// How often the metadata of one operation is written at most, however often its handler reports; 1 second by
    /// default.
    pub fn progress_interval(mut self, interval: Duration) -> Self {
        self.settings.progress_interval = interval;
        self
    }

    /// What happens to work that runs while its operation is deleted; by default it goes on. It keeps its slot until
    /// it ends, and [`Engine::stats`] counts it.
    pub fn on_delete(mut self, on_delete: OnDelete) -> Self {
        self.settings.on_delete = on_delete;
        self
    }

    /// How long a handler may take to end by itself once it is told to stop; 10 seconds by default. Then its
    /// future is dropped.
    pub fn cancel_grace(mut self, grace: Duration) -> Self {
        self.settings.cancel_grace = grace;
        self
    }

    /// How long a shutdown lets work finish before it hands the rest back; 20 seconds by default.
    pub fn drain_time(mut self, time: Duration) -> Self {
        self.settings.drain_time = time;
        self
    }

    /// How long done operations are kept; 30 days by default. It holds for operations started from now on.
    pub fn retention(mut self, retention: Duration) -> Self {
        self.settings.retention = retention;
        self
    }

    /// The longest that one `WaitOperation` takes, whatever the client asks for; 60 seconds by default.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.settings.max_wait = wait;
        self
    }

    /// How large one message of metadata and one response may be, in bytes; 2,000,000 by default, so that
    /// both together stay below the 4 MiB that gRPC clients accept by default.
    pub fn max_payload_size(mut self, bytes: usize) -> Self {
        self.settings.max_payload_size = bytes;
        self
    }

    /// The secret that page tokens are signed with; by default a random one, which is gone when the process
    /// ends. Servers that answer for the same store behind one address need the same key: 32 bytes from
    /// a source of randomness that is fit for secrets, and no passphrase.
    pub fn page_token_key(mut self, key: [u8; 32]) -> Self {
        self.page_tokens = PageTokens::new(&key);
        self
    }

    /// The `domain` of the `google.rpc.ErrorInfo` in every error (AIP-193), usually the service's host name;
    /// `lro` by default.
    pub fn error_domain(mut self, domain: impl Into<Arc<str>>) -> Self {
        self.error_domain = domain.into();
        self
    }

    /// Where the engine gets random numbers from: for the ids of operations and workers, and to vary intervals. By
    /// default that is the thread's generator. For tests that must repeat themselves; ids that can be guessed are
    /// no secret any more.
    pub fn random_source(mut self, source: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.random = Random::new(source);
        self
    }

    /// Where the ids of operations get their time from; the system's clock by default. Nothing else of an engine reads
    /// it: leases, deadlines and retention go by the store's clock. For tests that must repeat themselves.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }

    /// Makes the engine and starts its background tasks. They end with [`Engine::drain`], or when the last
    /// clone of the engine is dropped, including those that its servers hold; what still runs then is handed
    /// back without waiting.
    ///
    /// The engine lives on the Tokio runtime that it is built on. When that ends, so do the tasks, and starts fail.
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time enabled.
    #[track_caller]
    pub fn build(self) -> Engine {
        assert!(
            tokio::runtime::Handle::try_current().is_ok(),
            "an engine is built on a Tokio runtime, which its tasks run on, and there is none here"
        );
        let errors = Errors::new(self.error_domain);
        let guard = Guard::new(self.identify, self.authorizer, errors.clone());
        Engine::run(Shared::new(self.store, self.settings, self.random, self.page_tokens, errors, guard))
    }
}

impl fmt::Debug for EngineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineBuilder")
            .field("store", &self.store)
            .field("settings", &self.settings)
            .field("error_domain", &self.error_domain)
            .field("authorizer", &self.authorizer)
            .finish_non_exhaustive()
    }
}
