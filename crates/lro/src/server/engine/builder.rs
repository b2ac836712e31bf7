//! How an engine is made.

use std::sync::Arc;
use std::time::Duration;

use lro_store::Store;

use super::page_token::PageTokens;
use super::settings::Settings;
use super::status::Errors;
use super::{Engine, inner};

/// Makes an [`Engine`]. Every setting has a default that suits most servers.
#[derive(Debug)]
#[must_use = "an engine is made by `build`"]
pub struct EngineBuilder {
    store: Arc<dyn Store>,
    settings: Settings,
    page_tokens: PageTokens,
    error_domain: Arc<str>,
}

impl EngineBuilder {
    pub(super) fn new(store: impl Store) -> Self {
        Self {
            store: Arc::new(store),
            settings: Settings::default(),
            page_tokens: PageTokens::with_random_key(),
            error_domain: "lro".into(),
        }
    }

    /// How many operations run in this process at a time; 100 by default. With 0 this process only accepts
    /// operations, and others that share its store do the work.
    pub fn concurrency(mut self, operations: usize) -> Self {
        self.settings.concurrency = operations;
        self
    }

    /// How many operations that this process has accepted may wait for a free place; 10,000 by default. A
    /// start beyond that fails with `RESOURCE_EXHAUSTED`; with 0, one that finds no free place does. What other
    /// processes have accepted does not count.
    pub fn queue_limit(mut self, operations: usize) -> Self {
        self.settings.queue_limit = operations;
        self
    }

    /// For how long a process has an operation to itself without confirming it; 30 seconds by default. After
    /// that time without a sign of life another process takes over.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// How often a process confirms what it runs, and how long it waits for the store's answer; by default a
    /// quarter of the lease. More than a third of the lease counts as a third, so that one confirmation may
    /// fail.
    pub fn heartbeat_interval(mut self, interval: Duration) -> Self {
        self.settings.heartbeat_interval = Some(interval);
        self
    }

    /// How often to look for work that no hint of the store has announced, and for that of processes that
    /// died; 2 seconds by default.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.settings.poll_interval = interval;
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

    /// Makes the engine and starts its background tasks. They end with [`Engine::drain`], or when the last
    /// clone of the engine is dropped, including those that its services hold; what still runs then is handed
    /// back without waiting.
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time enabled.
    pub fn build(self) -> Engine {
        let errors = Errors::new(self.error_domain);
        Engine::run(inner::Inner::new(self.store, self.settings, self.page_tokens, errors))
    }
}
