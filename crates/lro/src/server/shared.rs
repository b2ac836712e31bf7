//! What the parts of an engine share.

use std::sync::Arc;

use lro_store::{Store, WorkerId};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backlog::Backlog;
use super::handlers::Handlers;
use super::page_token::PageTokens;
use super::runs::Runs;
use super::settings::Settings;
use super::status::Errors;
use super::waiters::Waiters;

/// What the parts of an engine share.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) store: Arc<dyn Store>,
    pub(super) settings: Settings,
    pub(super) worker: WorkerId,
    pub(super) errors: Errors,
    pub(super) page_tokens: PageTokens,
    pub(super) handlers: Handlers,
    pub(super) runs: Runs,
    pub(super) waiters: Waiters,
    /// One permit per operation that may run.
    pub(super) places: Arc<Semaphore>,
    pub(super) backlog: Backlog,
    /// There may be something to claim.
    pub(super) claim: Notify,
    /// There may be cancel requests that no hint has told of.
    pub(super) heartbeat: Notify,
    /// Nothing new begins.
    pub(super) draining: CancellationToken,
    /// Nothing goes on. Also cancels `draining`.
    pub(super) stopped: CancellationToken,
    /// Everything that has to end before the process does.
    pub(super) tasks: TaskTracker,
}

impl Inner {
    pub(super) fn new(
        store: Arc<dyn Store>,
        settings: Settings,
        page_tokens: PageTokens,
        errors: Errors,
    ) -> Arc<Self> {
        let stopped = CancellationToken::new();
        let places = settings.concurrency.min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            store,
            worker: WorkerId::random(),
            errors,
            page_tokens,
            handlers: Handlers::default(),
            runs: Runs::default(),
            waiters: Waiters::default(),
            places: Arc::new(Semaphore::new(places)),
            backlog: Backlog::new(settings.queue_limit),
            claim: Notify::new(),
            heartbeat: Notify::new(),
            draining: stopped.child_token(),
            stopped,
            tasks: TaskTracker::new(),
            settings,
        })
    }
}
