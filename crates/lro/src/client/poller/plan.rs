//! What the poller does next, and when. What it does after a failure is in `failed`.

use std::time::Duration;

use tokio::time::Instant;
use tonic::Code;

use super::call::Call;
use crate::client::pause::Backoff;
use crate::client::shared::{Demand, Plan, Shared};
use crate::google::longrunning::{Operation, operation};

/// A server that held its answer for so long has waited, even if it was asked for more.
pub(super) const HOLD: Duration = Duration::from_secs(1);

/// If this many calls of `WaitOperation` in a row were answered at once or cut off at once, the client no longer
/// expects the server to wait. One or two prove nothing, because a server that shuts down sends its waiters
/// away.
const MAX_USELESS_WAITS: u32 = 3;

/// Nearer to the caller's limit than this, there is one more look.
const NEAR: Duration = Duration::from_secs(1);

impl Plan {
    /// How long it is until the next call is due.
    pub(super) fn pause(&self) -> Duration {
        self.due.map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()))
    }

    /// What to ask next.
    pub(super) fn next_call<'a>(&self, demand: &Demand, shared: &'a Shared) -> Call<'a> {
        match self.way(demand, shared) {
            Way::Listen => Call::Listen,
            Way::Open => Call::Open,
            // Who wants to know more than the end wants to know first how far the operation is.
            Way::Wait(path) if demand.interval.is_none() || shared.is_known() || !can_get(demand) => {
                let permit = shared.client.channel().hold();
                if permit.is_none() && can_get(demand) {
                    return Call::get(demand.rpcs);
                }
                Call::wait(path, demand, shared, permit)
            }
            Way::Wait(_) | Way::Get => Call::get(demand.rpcs),
        }
    }

    /// How the server tells of the operation, as far as is known.
    fn way(&self, demand: &Demand, shared: &Shared) -> Way {
        if shared.is_fed() {
            return Way::Listen;
        }
        if demand.rpcs.watch().is_some() && !self.has_no_stream {
            return Way::Open;
        }
        let is_useful = |path| {
            !self.confirms
                && demand.settings.polling.waits()
                && shared.client.channel().learned.is_useful(path)
        };
        match demand.rpcs.wait().map(|rpc| rpc.path) {
            Some(path) if !can_get(demand) || is_useful(path) => Way::Wait(path),
            _ => Way::Get,
        }
    }

    /// Whether the server is to be looked at from time to time, because it does not answer when there is something to tell.
    fn polls(&self, demand: &Demand, shared: &Shared) -> bool {
        can_get(demand) && matches!(self.way(demand, shared), Way::Get)
    }

    /// When the next call is due.
    pub(super) fn due(&mut self, demand: &Demand, shared: &Shared, now: Instant) -> Instant {
        let mut due = match self.due {
            Some(due) => due,
            // A server that does not wait is not asked in the moment in which it has told of the operation.
            None if self.looked.is_none() && shared.is_known() && self.polls(demand, shared) => {
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
                let goes_on = !std::mem::take(&mut self.confirms) && first && !self.polls(demand, shared);
                self.due = Some(if goes_on { now } else { later(now, self.pauses.next(polling, jitter)) });
            }
            Call::Wait { path, hold, .. } => {
                if operation.done {
                    let believed = !can_get(demand) || !is_doubtful(operation);
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

/// How a server tells of an operation.
enum Way {
    /// By a stream that is open.
    Listen,
    /// By a stream that is to be opened.
    Open,
    /// By this RPC, when the operation has ended.
    Wait(&'static str),
    /// When it is asked.
    Get,
}

/// Whether there is an RPC that answers with the operation as it is.
pub(super) fn can_get(demand: &Demand) -> bool {
    demand.rpcs.get().is_some()
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
