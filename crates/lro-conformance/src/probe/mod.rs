//! What checks are written with: calls to the server that are written down, and operations to call about.

mod caller;
mod expect;
mod operations;
mod pages;
mod reply;
mod session;

use std::sync::{Mutex, PoisonError};

pub(crate) use caller::Caller;
pub(crate) use expect::{Stop, UNKNOWN, Verdict, ensure, fail, skip};
pub(crate) use operations::{Kind, new_id};
pub(crate) use pages::list_request;
pub(crate) use reply::Reply;
pub(crate) use session::Session;

use crate::outcome::Exchange;
use crate::target::Target;
use crate::timeouts::Timeouts;

/// How many calls a failure shows.
const SHOWN: usize = 6;

/// The server as one check sees it.
#[derive(Debug)]
pub(crate) struct Probe<'s> {
    session: &'s Session,
    exchanges: Mutex<Vec<Exchange>>,
    /// Operations that would run for long, to be cancelled after the check.
    running: Mutex<Vec<String>>,
}

impl<'s> Probe<'s> {
    pub(crate) fn new(session: &'s Session) -> Self {
        Self { session, exchanges: Mutex::default(), running: Mutex::default() }
    }

    /// The server, as the first identity.
    pub(crate) fn server(&self) -> Caller<'_> {
        Caller::new(self, &self.session.first)
    }

    /// The other replica.
    pub(crate) fn replica(&self) -> Verdict<Caller<'_>> {
        let replica = self.session.replica.as_ref();
        replica
            .map(|replica| Caller::new(self, replica))
            .ok_or_else(|| skip("give --replica, another replica's address"))
    }

    /// The server, as the second identity.
    pub(crate) fn other(&self) -> Verdict<Caller<'_>> {
        let other = self.session.other.as_ref();
        other
            .map(|other| Caller::new(self, other))
            .ok_or_else(|| skip("give --other-header, a second identity's metadata"))
    }

    pub(crate) fn session(&self) -> &'s Session {
        self.session
    }

    pub(crate) fn target(&self) -> &'s Target {
        &self.session.target
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.session.target.timeouts
    }

    /// Cancels what the check has left running. That the server may not cancel is the matter of other checks.
    pub(crate) async fn clean_up(&self) {
        let running = std::mem::take(&mut *lock(&self.running));
        futures_util::future::join_all(running.iter().map(|name| self.server().cancel(name))).await;
    }

    /// The last calls, oldest first.
    pub(crate) fn last_exchanges(&self) -> Vec<Exchange> {
        let exchanges = lock(&self.exchanges);
        exchanges[exchanges.len().saturating_sub(SHOWN)..].to_vec()
    }

    fn record(&self, exchange: Exchange) {
        lock(&self.exchanges).push(exchange);
    }

    fn remember(&self, name: &str) {
        lock(&self.running).push(name.to_owned());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
