//! What the poller does after a call that has failed.

use std::time::Duration;

use tokio::time::Instant;
use tonic::Code;

use super::call::Call;
use super::plan::{HOLD, can_get, later};
use super::verdict;
use crate::client::failure::{RpcFailure, status};
use crate::client::shared::{Demand, Plan, Shared, Trouble};

/// What is younger has not been waited for.
const FRESH: Duration = Duration::from_millis(250);

impl Plan {
    /// A call has failed. Returns the trouble, unless what to do about it is clear.
    pub(super) fn failed(
        &mut self,
        call: &Call<'_>,
        took: Duration,
        failure: &RpcFailure,
        demand: &Demand,
        shared: &Shared,
    ) -> Option<Trouble> {
        let code = failure.status.code();
        let now = Instant::now();
        let can_get = can_get(demand);
        let can_ask = can_get || demand.rpcs.wait().is_some();
        let delay = status::retry_delay(&failure.status);
        let is_lost = status::is_lost(&failure.status);
        match call {
            // How it broke says little; whoever is asked next says more.
            Call::Listen if can_ask => {
                self.due = Some(later(now, self.before_reopening(demand, shared)));
                return None;
            }
            Call::Open if code == Code::Unimplemented && can_ask => {
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
                self.due = Some(later(now, pause));
                return None;
            }
            // The calls themselves may be too long for somebody on the way.
            Call::Wait { path, .. } if is_lost && took >= HOLD => self.useless(path, shared),
            Call::Wait { .. } if is_lost => {}
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
                    && !status::will_not_do(&failure.status) =>
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
        let mut trouble = Trouble { failure: failure.clone(), since, alike, pause, was_reached };
        // There is a last call at the end of the time for which it is made again.
        let left = verdict::patience(&demand.settings.retry, &trouble, shared).filter(|left| !left.is_zero());
        trouble.pause =
            delay.map_or_else(|| left.map_or(pause, |left| pause.min(left)), |delay| pause.max(delay));
        self.is_told_to_wait = delay.is_some();
        self.due = Some(later(now, trouble.pause));
        Some(trouble)
    }

    /// The pause after a stream has broken. One that lived long needs none.
    fn before_reopening(&mut self, demand: &Demand, shared: &Shared) -> Duration {
        let lived = self.opened.or(shared.created).map_or(Duration::MAX, |opened| opened.elapsed());
        self.pauses.next(demand.settings.polling, shared.client.random()).saturating_sub(lived)
    }
}

/// Whether a call that fails with this code after some time may have been held until a limit that somebody sets.
fn is_cut_off(code: Code) -> bool {
    matches!(
        code,
        Code::DeadlineExceeded | Code::Cancelled | Code::Unavailable | Code::Unknown | Code::Internal
    )
}
