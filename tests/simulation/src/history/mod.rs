//! What has happened, in the store's order, and what must hold of it.

mod claim;
mod execution;
mod operation;
mod process;
mod transition;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro::store::{Clock, OperationName, Timestamp, View};
use tokio::time::Instant;

pub(crate) use self::claim::{Claim, ClaimEnd};
pub(crate) use self::execution::{Execution, Reached};
pub(crate) use self::operation::Operation;
pub(crate) use self::process::Process;
pub(crate) use self::transition::Cause;
use crate::clock::StoreClock;
use crate::report::Coverage;

/// The history of one schedule. Clones are the same one.
///
/// The store's wrapper tells it of every transition, the handler of every step, and clients of every answer. It says at
/// once when something is wrong, and the first fault ends the schedule.
#[derive(Debug, Clone)]
pub(crate) struct History(Arc<Mutex<Facts>>);

#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) clock: StoreClock,
    began: Instant,
    pub(crate) lease: Duration,
    /// Whether attempts of any operation must not overlap.
    pub(crate) strict: bool,
    pub(crate) operations: BTreeMap<OperationName, Operation>,
    pub(crate) processes: Vec<Process>,
    /// Which operation the request of an id has started, as clients were told.
    pub(crate) requests: BTreeMap<String, OperationName>,
    /// When the store's clock last went forward by a step.
    pub(crate) stepped_forward: Option<Instant>,
    /// How far it went back in all, which makes all that it measures last longer.
    pub(crate) stepped_back: Duration,
    /// When something last came on.
    pub(crate) moved: Instant,
    pub(crate) coverage: Coverage,
    pub(crate) faults: Vec<String>,
    log: Option<Vec<String>>,
}

impl History {
    pub(crate) fn new(clock: StoreClock, lease: Duration, strict: bool, keeps_log: bool) -> Self {
        let now = Instant::now();
        Self(Arc::new(Mutex::new(Facts {
            clock,
            began: now,
            lease,
            strict,
            operations: BTreeMap::new(),
            processes: Vec::new(),
            requests: BTreeMap::new(),
            stepped_forward: None,
            stepped_back: Duration::ZERO,
            moved: now,
            coverage: Coverage::default(),
            faults: Vec::new(),
            log: keeps_log.then(Vec::new),
        })))
    }

    /// What is known. Not to be held across an await.
    pub(crate) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts something that happened.
    pub(crate) fn cover(&self, what: &'static str) {
        self.facts().coverage.add(what);
    }

    /// Notes an event for the log.
    pub(crate) fn log(&self, event: impl FnOnce() -> String) {
        self.facts().log(event);
    }

    /// Notes that something must not have happened.
    pub(crate) fn fault(&self, what: impl Display) {
        self.facts().fault(what);
    }

    pub(crate) fn is_faulty(&self) -> bool {
        !self.facts().faults.is_empty()
    }
}

impl Facts {
    /// The store's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn log(&mut self, event: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{:>10.3} {}", self.began.elapsed().as_secs_f64(), event()));
        }
    }

    pub(crate) fn take_log(&mut self) -> Vec<String> {
        self.log.take().unwrap_or_default()
    }

    pub(crate) fn fault(&mut self, what: impl Display) {
        self.log(|| format!("FAULT: {what}"));
        self.faults.push(what.to_string());
    }

    /// How the log calls an operation.
    pub(crate) fn label(&self, name: &OperationName) -> String {
        self.operations
            .get(name)
            .map_or_else(|| "an unknown operation".to_owned(), |known| format!("#{}", known.number))
    }

    /// Whether no answer may say that an operation is gone.
    ///
    /// An answer may come late: what the store's clock has found to be over may be readable again by now, if the clock
    /// went back.
    pub(crate) fn is_there(&self, name: &OperationName) -> bool {
        let latest = self.clock.latest();
        let view = self.operations.get(name).and_then(|known| known.view.as_ref());
        view.is_some_and(|view| !view.is_expired(latest))
    }

    /// The operations that exist and are not done.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = &View> {
        self.operations.values().filter_map(|known| known.view.as_ref()).filter(|view| !view.is_done())
    }
}
