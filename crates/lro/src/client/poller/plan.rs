//! What the poller does next, and when. What it does after a failure is in `failed`.

use std::time::Duration;

use tokio::time::Instant;
use tonic::Code;

use super::call::Call;
use super::pause::{Backoff, Pauses};
use crate::client::shared::{Demand, Shared};
use crate::google::longrunning::{Operation, operation};

/// A server that held its answer for so long has waited, even if it was asked for more.
pub(super) const HOLD: Duration = Duration::from_secs(1);

/// If this many calls of `WaitOperation` in a row were answered at once or cut off at once, the client no longer
/// expects the server to wait. One or two prove nothing, because a server that shuts down sends its waiters
/// away.
const MAX_USELESS_WAITS: u32 = 3;

/// Nearer to the caller's limit than this, there is one more look.
const NEAR: Duration = Duration::from_secs(1);

/// What the poller of one operation does next, and when.
#[derive(Debug, Clone, Copy)]
pub(in crate::client) struct Plan {
    pub(super) pauses: Pauses,
    /// The pauses after failures.
    pub(super) backoff: Backoff,
    /// When the last call began.
    looked: Option<Instant>,
    /// When the server last told of the operation.
    pub(super) answered: Option<Instant>,
    /// When the next call is due; `None` for at once.
    pub(super) due: Option<Instant>,
    /// Whether the server has asked to be left alone until then.
    pub(super) is_told_to_wait: bool,
    /// Whether `GetOperation` is to decide about what `WaitOperation` has said.
    pub(super) confirms: bool,
    /// What `WaitOperation` was refused with, until `GetOperation` has decided.
    pub(super) refusal: Option<Code>,
    /// How many of the last calls of `WaitOperation`, in a row, were of no use.
    pub(super) useless_waits: u32,
    /// Whether the server has turned out not to have the RPC that streams states.
    pub(super) has_no_stream: bool,
    /// Since when there has been a stream, if there is one.
    pub(super) opened: Option<Instant>,
    /// The first of the calls that have failed since one succeeded.
    pub(super) failing_since: Option<Instant>,
    /// The code of the last of them, and how many had it.
    pub(super) alike: Option<(Code, u32)>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            pauses: Pauses::new(),
            backoff: Backoff::default(),
            looked: None,
            answered: None,
            due: None,
            is_told_to_wait: false,
            confirms: false,
            refusal: None,
            useless_waits: 0,
            has_no_stream: false,
            opened: None,
            failing_since: None,
            alike: None,
        }
    }
}

impl Plan {
    /// When the last call began.
    pub(in crate::client) fn looked(&self) -> Option<Instant> {
        self.looked
    }

    /// How long it is until the next call is due.
    pub(super) fn pause(&self) -> Duration {
        self.due.map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()))
    }

    pub(super) fn has_no_stream(&self) -> bool {
        self.has_no_stream
    }

    /// Whether the next call may be one of `WaitOperation`.
    pub(super) fn may_wait(&self) -> bool {
        !self.confirms
    }

    /// When the next call is due.
    pub(super) fn due(&mut self, demand: &Demand, shared: &Shared, now: Instant) -> Instant {
        let mut due = match self.due {
            Some(due) => due,
            // A server that does not wait is not asked in the moment in which it has told of the operation.
            None if self.looked.is_none()
                && shared.is_known()
                && !self.would_wait(demand, shared)
                && !shared.is_fed() =>
            {
                later(now, self.pauses.next(demand.settings.polling, shared.client.random()))
            }
            None => now,
        };
        self.due = Some(due);
        if self.failing_since.is_none()
            && let (Some(interval), Some(looked)) = (demand.interval, self.looked)
        {
            due = due.min(later(looked, interval));
        }
        if let Some(last) = demand.last_look
            && due > last
            && !self.is_told_to_wait
        {
            let left = last.saturating_duration_since(now);
            due = if left > NEAR { now + left / 2 } else { last };
        }
        due
    }

    /// Whether the next call is one that the server holds, as far as is known.
    fn would_wait(&self, demand: &Demand, shared: &Shared) -> bool {
        let open = demand.rpcs.watch().is_some() && !self.has_no_stream;
        let wait = demand.rpcs.wait().is_some_and(|rpc| shared.client.channel().learned.is_useful(rpc.path));
        open || (wait && demand.settings.polling.waits() && self.may_wait()) || demand.rpcs.get().is_none()
    }

    /// A call begins.
    pub(super) fn began(&mut self, now: Instant) {
        self.looked = Some(now);
        self.due = None;
        self.is_told_to_wait = false;
    }

    /// The server has answered. Returns whether to believe it.
    pub(super) fn answered(
        &mut self,
        call: &Call<'_>,
        took: Duration,
        operation: &Operation,
        demand: &Demand,
        shared: &Shared,
    ) -> bool {
        self.backoff = Backoff::default();
        self.failing_since = None;
        self.alike = None;
        let polling = demand.settings.polling;
        let jitter = shared.client.random();
        let now = Instant::now();
        self.answered = Some(now);
        match call {
            Call::Listen => self.due = Some(now),
            Call::Open => {
                self.opened = Some(now);
                self.due = Some(now);
            }
            Call::Get { .. } => {
                self.decided(demand, shared);
                // Who wants to know more than the end has asked how far it is, and goes on as others begin.
                let first = demand.interval.is_some() && !shared.is_known();
                let goes_on = !std::mem::take(&mut self.confirms) && first && self.would_wait(demand, shared);
                self.due = Some(if goes_on { now } else { later(now, self.pauses.next(polling, jitter)) });
            }
            Call::Wait { path, hold, .. } => {
                if operation.done {
                    let believed = demand.rpcs.get().is_none() || !is_doubtful(operation);
                    if !believed {
                        self.confirms = true;
                        self.useless(path, shared);
                    }
                    self.due = Some(now);
                    return believed;
                }
                if took >= HOLD.min(*hold) {
                    self.useless_waits = 0;
                    self.due = Some(now);
                    return true;
                }
                self.useless(path, shared);
                self.due = Some(later(now, self.pauses.next(polling, jitter).saturating_sub(took)));
                // One that does not wait may well not know how far the operation is.
                return operation.metadata.is_some() || !shared.is_known();
            }
        }
        true
    }

    pub(super) fn useless(&mut self, path: &'static str, shared: &Shared) {
        self.useless_waits += 1;
        if self.useless_waits == MAX_USELESS_WAITS {
            self.useless_waits = 0;
            shared.client.channel().learned.does_not_hold(path);
        }
    }

    /// `GetOperation` has answered where `WaitOperation` was refused, so that only waiting was.
    fn decided(&mut self, demand: &Demand, shared: &Shared) {
        let Some(path) = demand.rpcs.wait().map(|rpc| rpc.path) else { return };
        let learned = &shared.client.channel().learned;
        match self.refusal.take() {
            // It may be that the server has come back just then.
            Some(Code::Unavailable) => self.useless(path, shared),
            Some(Code::Internal | Code::Unknown | Code::ResourceExhausted) => learned.does_not_hold(path),
            Some(_) => learned.is_missing(path),
            None => {}
        }
    }
}

/// A time after `from`. A policy may have pauses that are longer than the clock can say.
pub(super) fn later(from: Instant, pause: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    from + pause.min(CENTURY)
}

/// Whether the end may be made up: a test server answers so.
fn is_doubtful(operation: &Operation) -> bool {
    match &operation.result {
        Some(operation::Result::Response(payload)) => payload.type_url.is_empty(),
        Some(operation::Result::Error(_)) => false,
        None => true,
    }
}
