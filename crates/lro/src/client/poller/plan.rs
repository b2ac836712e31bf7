//! What the poller does next, and when.

use std::time::Duration;

use tokio::time::Instant;
use tonic::Code;

use super::call::Call;
use super::pause::{Backoff, Pauses};
use crate::client::kind::RpcFailure;
use crate::client::shared::{Demand, Shared, Trouble};
use crate::client::verdict;
use crate::google::longrunning::{Operation, operation};

/// A server that held its answer for so long has waited, even if it was asked for more.
const HOLD: Duration = Duration::from_secs(1);

/// If this many calls of `WaitOperation` in a row were answered at once or cut off at once, the client no longer
/// expects the server to wait. One or two prove nothing, because a server that shuts down sends its waiters
/// away.
const MAX_USELESS_WAITS: u32 = 3;

/// What is younger has not been waited for.
const FRESH: Duration = Duration::from_millis(250);

/// Nearer to the caller's limit than this, there is one more look.
const NEAR: Duration = Duration::from_secs(1);

/// What the poller of one operation does next, and when.
#[derive(Debug, Clone, Copy)]
pub(in crate::client) struct Plan {
    pauses: Pauses,
    /// The pauses after failures.
    backoff: Backoff,
    /// When the last call began.
    looked: Option<Instant>,
    /// When the server last told of the operation.
    answered: Option<Instant>,
    /// When the next call is due; `None` for at once.
    due: Option<Instant>,
    /// Whether the server has asked to be left alone until then.
    is_told_to_wait: bool,
    /// Whether `GetOperation` is to decide about what `WaitOperation` has said.
    confirms: bool,
    /// What `WaitOperation` was refused with, until `GetOperation` has decided.
    refusal: Option<Code>,
    /// How many of the last calls of `WaitOperation`, in a row, were of no use.
    useless_waits: u32,
    /// Whether the server has turned out not to have the RPC that streams states.
    has_no_stream: bool,
    /// Since when there has been a stream, if there is one.
    opened: Option<Instant>,
    /// The first of the calls that have failed since one succeeded.
    failing_since: Option<Instant>,
    /// The code of the last of them, and how many had it.
    alike: Option<(Code, u32)>,
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

    pub(super) fn has_no_stream(&self) -> bool {
        self.has_no_stream
    }

    /// Whether `WaitOperation` has not turned out to be of no use.
    pub(super) fn may_wait(&self) -> bool {
        !self.confirms && self.useless_waits < MAX_USELESS_WAITS
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
                now + self.pauses.next(demand.settings.polling, shared.client.random())
            }
            None => now,
        };
        self.due = Some(due);
        if self.failing_since.is_none()
            && let (Some(interval), Some(looked)) = (demand.interval, self.looked)
        {
            due = due.min(looked + interval);
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
                let goes_on = first && !std::mem::take(&mut self.confirms) && self.would_wait(demand, shared);
                self.confirms = false;
                self.due = Some(if goes_on { now } else { now + self.pauses.next(polling, jitter) });
            }
            Call::Wait { path, hold, .. } => {
                if operation.done {
                    self.confirms = demand.rpcs.get().is_some() && is_doubtful(operation);
                    self.useless_waits += u32::from(self.confirms);
                    self.due = Some(now);
                    return !self.confirms;
                }
                if took >= HOLD.min(*hold) {
                    self.useless_waits = 0;
                    self.due = Some(now);
                    return true;
                }
                self.useless(path, shared);
                self.due = Some(now + self.pauses.next(polling, jitter).saturating_sub(took));
                // One that does not wait may well not know how far the operation is.
                return operation.metadata.is_some() || !shared.is_known();
            }
        }
        true
    }

    /// A call has failed. Returns the trouble, unless what to do about it is clear.
    pub(super) fn failed(
        &mut self,
        call: &Call<'_>,
        took: Duration,
        failure: RpcFailure,
        demand: &Demand,
        shared: &Shared,
    ) -> Option<Trouble> {
        let code = failure.status.code();
        let now = Instant::now();
        let can_get = demand.rpcs.get().is_some();
        let delay = verdict::retry_delay(&failure.status);
        match call {
            // How it broke says little; whoever is asked next says more.
            Call::Listen if can_get || demand.rpcs.wait().is_some() => {
                self.due = Some(now + self.before_reopening(demand, shared));
                return None;
            }
            Call::Open if code == Code::Unimplemented && (can_get || demand.rpcs.wait().is_some()) => {
                self.has_no_stream = true;
                self.due = Some(now);
                return None;
            }
            Call::Wait { path, .. } if code == Code::Unimplemented && can_get => {
                shared.client.channel().learned.is_missing(path);
                // A fresh answer needs no other at once.
                let answered = self.answered.or(shared.created);
                let pause =
                    if answered.is_some_and(|answered| answered.elapsed().saturating_sub(took) < FRESH) {
                        self.pauses.next(demand.settings.polling, shared.client.random())
                    } else {
                        Duration::ZERO
                    };
                self.due = Some(now + pause);
                return None;
            }
            Call::Wait { .. } if verdict::is_lost(&failure.status) => {
                self.useless_waits += u32::from(took >= HOLD);
            }
            // Nobody cancelled this call: a server that shuts down has, or a limit that the server or a proxy sets for all calls.
            Call::Wait { path, .. } if took >= HOLD && is_cut_off(code) => {
                shared.client.channel().learned.was_cut_off(path, took);
                self.due = Some(now);
                return None;
            }
            Call::Wait { path, .. } if matches!(code, Code::DeadlineExceeded | Code::Cancelled) => {
                self.useless(path, shared);
            }
            // It may be that only waiting is refused.
            Call::Wait { .. }
                if can_get
                    && code != Code::Unavailable
                    && delay.is_none()
                    && !verdict::will_not_do(&failure.status) =>
            {
                self.confirms = true;
                self.refusal = (code != Code::Unauthenticated).then_some(code);
                self.due = Some(now);
                return None;
            }
            _ => {}
        }
        let alike = self.alike.filter(|(other, _)| *other == code).map_or(0, |(_, alike)| alike) + 1;
        self.alike = Some((code, alike));
        // A server that is away is away for all calls, but it may be that only waiting is not available.
        self.confirms =
            code == Code::Unavailable && alike > 1 && can_get && matches!(call, Call::Wait { .. });
        self.refusal = self.confirms.then_some(code);
        let since = *self.failing_since.get_or_insert(now);
        let pause = match call {
            Call::Listen => self.before_reopening(demand, shared),
            // A call that took long was a pause already.
            _ => self.backoff.after(&demand.settings.retry, shared.client.random()).saturating_sub(took),
        };
        let was_reached = shared.client.channel().learned.was_reached();
        let mut trouble = Trouble { failure, since, alike, pause, was_reached };
        // There is a last call at the end of the time for which it is made again.
        let left = verdict::patience(&demand.settings.retry, &trouble, shared).filter(|left| !left.is_zero());
        trouble.pause =
            delay.map_or_else(|| left.map_or(pause, |left| pause.min(left)), |delay| pause.max(delay));
        self.is_told_to_wait = delay.is_some();
        self.due = now.checked_add(trouble.pause).or(Some(now));
        Some(trouble)
    }

    /// The pause after a stream has broken. One that lived long needs none.
    fn before_reopening(&mut self, demand: &Demand, shared: &Shared) -> Duration {
        let lived = self.opened.or(shared.created).map_or(Duration::MAX, |opened| opened.elapsed());
        self.pauses.next(demand.settings.polling, shared.client.random()).saturating_sub(lived)
    }

    fn useless(&mut self, path: &'static str, shared: &Shared) {
        self.useless_waits += 1;
        if self.useless_waits == MAX_USELESS_WAITS {
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

/// Whether a call that fails with this code after some time may have been held until a limit that somebody sets.
fn is_cut_off(code: Code) -> bool {
    matches!(
        code,
        Code::DeadlineExceeded | Code::Cancelled | Code::Unavailable | Code::Unknown | Code::Internal
    )
}

/// Whether the end may be made up: a test server answers so.
fn is_doubtful(operation: &Operation) -> bool {
    match &operation.result {
        Some(operation::Result::Response(payload)) => payload.type_url.is_empty(),
        Some(operation::Result::Error(_)) => false,
        None => true,
    }
}
