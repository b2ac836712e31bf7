//! What was called, and how it ended.

use std::sync::{Mutex, MutexGuard, PoisonError};

use lro_store::Error;

use super::{Fault, StoreMethod};

/// A call as a plan of faults sees it, before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// How many calls this connection had before.
    pub number: usize,
    /// What is called.
    pub method: StoreMethod,
    /// How many items it has: the length of a batch, or the limit of a method that has one; else 1.
    pub items: usize,
}

/// A call in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedCall {
    /// What was called.
    pub call: Call,
    /// What was injected.
    pub fault: Fault,
    /// How it ended.
    pub end: CallEnd,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallEnd {
    /// Not yet.
    Pending,
    /// With an answer.
    Answered,
    /// With an error that is [unavailable](Error::is_unavailable).
    Unavailable,
    /// With an error that is [internal](Error::is_internal).
    Internal,
    /// In a panic.
    Panicked,
    /// The caller gave up.
    Dropped,
}

/// The calls of one connection, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct CallLog(Mutex<Calls>);

#[derive(Debug, Default)]
struct Calls {
    counts: [usize; StoreMethod::COUNT],
    total: usize,
    /// The latest of them.
    latest: Vec<LoggedCall>,
}

impl CallLog {
    /// Notes that a call begins.
    pub(super) fn begin(&self, method: StoreMethod, items: usize) -> Entry<'_> {
        let mut calls = self.lock();
        let call = Call { number: calls.total, method, items };
        calls.total += 1;
        calls.counts[method.index()] += 1;
        calls.latest.push(LoggedCall { call, fault: Fault::none(), end: CallEnd::Pending });
        Entry { log: self, call }
    }

    pub(super) fn count(&self, method: StoreMethod) -> usize {
        self.lock().counts[method.index()]
    }

    pub(super) fn calls(&self) -> Vec<LoggedCall> {
        self.lock().latest.clone()
    }

    pub(super) fn take(&self) -> Vec<LoggedCall> {
        std::mem::take(&mut self.lock().latest)
    }

    /// Changes a call, unless it was taken from the log.
    fn edit(&self, number: usize, change: impl FnOnce(&mut LoggedCall)) {
        let mut calls = self.lock();
        let first = calls.total - calls.latest.len();
        if let Some(call) = number.checked_sub(first).and_then(|at| calls.latest.get_mut(at)) {
            change(call);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is being made. Dropping it says that it had no end of its own.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    log: &'a CallLog,
    pub(super) call: Call,
}

impl Entry<'_> {
    /// Notes what goes wrong with it.
    pub(super) fn inject(&self, fault: Fault) {
        self.log.edit(self.call.number, |call| call.fault = fault);
    }

    /// Notes how it ended.
    pub(super) fn end<T>(&self, answer: &Result<T, Error>) {
        let end = match answer {
            Ok(_) => CallEnd::Answered,
            Err(error) if error.is_unavailable() => CallEnd::Unavailable,
            Err(_) => CallEnd::Internal,
        };
        self.log.edit(self.call.number, |call| call.end = end);
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let end = if std::thread::panicking() { CallEnd::Panicked } else { CallEnd::Dropped };
        self.log.edit(self.call.number, |call| {
            if call.end == CallEnd::Pending {
                call.end = end;
            }
        });
    }
}
