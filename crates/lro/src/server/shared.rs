//! What the parts of an engine share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lro_store::{OperationName, Store, StoreExt, View};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::Status;

use super::access::{Action, Caller, Guard};
use super::convert;
use super::filter::Types;
use super::handlers::Handlers;
use super::settings::Settings;
use super::state::alarm::Alarm;
use super::state::call::in_time;
use super::state::doubt::Doubt;
use super::state::lock::lock;
use super::state::page_token::PageTokens;
use super::state::queue_limit::QueueLimit;
use super::state::random::Random;
use super::state::runs::Runs;
use super::state::slots::Slots;
use super::state::unfinished::Unfinished;
use super::state::waiters::Waiters;
use super::state::worker::Worker;
use super::status::Errors;
use super::telemetry::Advice;
use crate::google::longrunning::Operation;

/// How long it takes at least to learn that an operation is not there for a caller. What somebody else has is read and looked at,
/// which takes longer than to find nothing; a store that needs less than this for either does not tell them apart.
const DENIAL_TIME: Duration = Duration::from_millis(10);

/// What the parts of an engine share.
#[derive(Debug)]
pub(super) struct Shared {
    /// Frequent calls go to `*store`: the `Arc` is a store too, which boxes the future of each call once more.
    pub(super) store: Arc<dyn Store>,
    pub(super) settings: Settings,
    pub(super) random: Random,
    pub(super) errors: Errors,
    pub(super) page_tokens: PageTokens,
    pub(super) guard: Guard,
    pub(super) worker: Worker,
    pub(super) handlers: Handlers,
    /// What filters can name in metadata and responses.
    pub(super) types: Types,
    pub(super) runs: Runs,
    pub(super) waiters: Arc<Waiters>,
    pub(super) slots: Arc<Slots>,
    pub(super) queue: QueueLimit,
    pub(super) doubt: Doubt,
    pub(super) advice: Advice,
    /// There may be something to claim.
    pub(super) claim: Notify,
    /// When there will be something to claim.
    pub(super) alarm: Alarm,
    /// There may be cancel requests that no hint has told of.
    pub(super) keep_alive: Notify,
    /// Nothing new begins.
    pub(super) draining: CancellationToken,
    /// Nothing goes on. Also cancels `draining`.
    pub(super) stopped: CancellationToken,
    /// What ran here has been handed back.
    pub(super) closed: CancellationToken,
    /// Everything that has to end before the process does.
    pub(super) work: TaskTracker,
    /// What is to be handed back when all work has stopped.
    unfinished: Mutex<Vec<Unfinished>>,
    /// There is work that does not stop, so that nobody else may have its operation yet.
    stuck: AtomicBool,
    /// The runtime that the background tasks ran on has ended.
    gone: AtomicBool,
}

impl Shared {
    pub(super) fn new(
        store: Arc<dyn Store>,
        settings: Settings,
        random: Random,
        page_tokens: PageTokens,
        errors: Errors,
        guard: Guard,
    ) -> Arc<Self> {
        let stopped = CancellationToken::new();
        let limits = settings.method_concurrency.iter().map(|(method, limit)| (*method, *limit));
        Arc::new(Self {
            store,
            worker: Worker::new(random.clone()),
            errors,
            page_tokens,
            guard,
            handlers: Handlers::default(),
            types: Types::default(),
            runs: Runs::default(),
            waiters: Arc::default(),
            slots: Slots::new(settings.concurrency, limits),
            queue: QueueLimit::new(settings.queue_limit),
            doubt: Doubt::default(),
            advice: Advice::default(),
            claim: Notify::new(),
            alarm: Alarm::default(),
            keep_alive: Notify::new(),
            draining: stopped.child_token(),
            closed: CancellationToken::new(),
            work: TaskTracker::new(),
            unfinished: Mutex::default(),
            stuck: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            settings,
            random,
            stopped,
        })
    }

    /// The operation as the store has it.
    pub(super) async fn read(&self, name: &OperationName) -> Result<Option<View>, Status> {
        in_time((*self.store).get_one(name)).await.map_err(|error| self.errors.store(&error))
    }

    /// The operation as the store has it, if the caller may do this with it.
    pub(super) async fn read_for(
        &self,
        caller: &Caller,
        action: Action,
        name: &OperationName,
    ) -> Result<View, Status> {
        let began = Instant::now();
        let answer = self.guard.check(caller, action, name, self.read(name).await?).await;
        if answer.is_err() && !self.guard.is_open_to(caller) {
            sleep_until(began + DENIAL_TIME).await;
        }
        answer
    }

    /// The operation as this process knows it or else as the store has it, if the caller may do this with it.
    pub(super) async fn look_for(
        &self,
        caller: &Caller,
        action: Action,
        name: &OperationName,
    ) -> Result<View, Status> {
        match self.runs.view(name) {
            Some(view) if self.guard.allows_with(caller, action, &view).await? => Ok(view),
            // Who may not see it waits for the store as for one that does not exist.
            _ => self.read_for(caller, action, name).await,
        }
    }

    /// Whether the caller may do this with an operation; what was found if it had to be looked at. Where everyone may,
    /// whether it exists is not looked at.
    pub(super) async fn check(
        &self,
        caller: &Caller,
        action: Action,
        name: &OperationName,
    ) -> Result<Option<View>, Status> {
        if self.guard.is_open_to(caller) {
            return Ok(None);
        }
        self.read_for(caller, action, name).await.map(Some)
    }

    /// The operation as clients of this server see it.
    pub(super) fn show(&self, view: &View) -> Operation {
        convert::to_operation(view, self.errors.domain())
    }

    /// Has the claim task look for work when this time is over, as no hint of the store may tell of it.
    pub(super) fn expect_work(&self, delay: Duration) {
        if delay.is_zero() {
            self.claim.notify_one();
        } else {
            self.alarm.set(delay);
        }
    }

    /// Notes work to hand back when all has stopped.
    pub(super) fn hand_back(&self, unfinished: Unfinished) {
        lock(&self.unfinished).push(unfinished);
    }

    /// What there is to hand back.
    pub(super) fn take_unfinished(&self) -> Vec<Unfinished> {
        std::mem::take(&mut lock(&self.unfinished))
    }

    /// Notes that some work does not stop.
    pub(super) fn note_stuck(&self) {
        self.stuck.store(true, Ordering::SeqCst);
    }

    /// Whether some work does not stop.
    pub(super) fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::SeqCst)
    }

    /// Notes that the runtime of the background tasks has ended. Whoever waits for them, on another runtime, waits no
    /// longer.
    pub(super) fn note_gone(&self) {
        self.gone.store(true, Ordering::SeqCst);
        self.stopped.cancel();
        self.closed.cancel();
    }

    /// Whether there is somebody to run operations and to look after those who wait for them.
    pub(super) fn check_alive(&self) -> Result<(), Status> {
        if self.gone.load(Ordering::SeqCst) { Err(self.errors.engine_gone()) } else { Ok(()) }
    }
}
