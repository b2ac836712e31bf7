//! The loop beneath `wait` and `updates`: what to ask the server, and when.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};
use tonic::{Code, Status};

use super::backoff::{self, Backoff};
use super::kind::{Kind, RpcFailure};
use super::shared::{Fed, Shared};
use crate::google::longrunning::Operation;
use crate::{OperationRpcs, Polling};

/// How much longer a call may take than the time for which the server was asked to hold its answer. The client
/// then gives up the call, or else a connection that swallows requests would end the wait.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// The longest time for which the server is asked to hold its answer, whatever the policy says. No proxy
/// between client and server keeps a silent request for days.
const LONGEST_HOLD: Duration = Duration::from_secs(60 * 60);

/// A server that answers `WaitOperation` in less than this part of the time for which it was asked to hold
/// its answer, although the operation has not ended, does not really wait.
const AT_ONCE: f64 = 0.1;

/// If this many calls of `WaitOperation` in a row were answered at once or cut off, the client no longer
/// expects the server to wait. One or two prove nothing, because a server that shuts down sends its waiters
/// away.
const MAX_USELESS_WAITS: u32 = 3;

/// What errors call the stream that tells of an operation.
const STREAM: &str = "the stream of its states";

/// What the caller wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Only how the operation ends, so the server may hold its answer for long.
    End,
    /// Also how its metadata changes.
    Updates,
}

/// One wait for an operation: a sequence of answers, up to the one that says how the operation ended.
///
/// A watch asks no more often than the policy allows: from one call to the next there is at least the policy's
/// pause (or [`LONGEST_HOLD`]), whatever the server answers. Only a handle that knows nothing yet may make one
/// more call, for a first answer. A watch makes no calls after the policy's total time.
pub(super) struct Watch {
    shared: Arc<Shared>,
    rpcs: &'static OperationRpcs,
    polling: Polling,
    aim: Aim,
    backoff: Backoff,
    /// When to give up; `None` if that is later than the clock can say.
    deadline: Option<Instant>,
    /// How many of the last calls of `WaitOperation`, in a row, were of no use.
    useless_waits: u32,
    /// Whether the server has turned out not to have the RPC that streams states.
    has_no_stream: bool,
    /// Since when there has been a stream, if there is one.
    opened: Instant,
    /// How long to pause before the next call.
    delay: Duration,
    /// The last error that was not final.
    last_error: Option<Status>,
}

#[derive(Clone, Copy, PartialEq)]
enum Call {
    /// To the stream that tells of the operation.
    Listen,
    /// Opens such a stream.
    Open,
    Get,
    Wait(Duration),
}

impl Watch {
    /// Begins to wait. The total time counts from here.
    pub(super) fn new(shared: Arc<Shared>, rpcs: &'static OperationRpcs, polling: Polling, aim: Aim) -> Self {
        Self {
            backoff: Backoff::new(polling, shared.client.jitter_source()),
            shared,
            rpcs,
            polling,
            aim,
            deadline: Instant::now().checked_add(polling.total_timeout()),
            useless_waits: if rpcs.wait().is_some() { 0 } else { MAX_USELESS_WAITS },
            has_no_stream: rpcs.watch().is_none(),
            opened: Instant::now(),
            delay: Duration::ZERO,
            last_error: None,
        }
    }

    /// Pauses as the policy says, and then calls the server until it answers.
    pub(super) async fn next(&mut self) -> Result<Operation, Kind> {
        self.shared.named()?;
        loop {
            let Some(answered) = self.before_deadline().await else {
                return Err(Kind::TimedOut {
                    after: self.polling.total_timeout(),
                    last_error: self.last_error.take(),
                });
            };
            match answered {
                (call, took, Ok(operation)) => {
                    self.after_answer(call, took);
                    return Ok(operation);
                }
                (call, took, Err(failure)) => self.after_error(call, took, failure)?,
            }
        }
    }

    /// Makes the next call, and returns it with the time that it took and its answer. Returns `None` if the
    /// deadline comes first.
    async fn before_deadline(&mut self) -> Option<(Call, Duration, Result<Operation, RpcFailure>)> {
        let deadline = self.deadline;
        let ask = async {
            // Even a sleep of zero length takes one tick of the timer.
            if !self.delay.is_zero() {
                sleep(self.delay).await;
            }
            let call = self.next_call();
            let asked = Instant::now();
            let answer = self.make(call).await;
            (call, asked.elapsed(), answer)
        };
        match deadline {
            Some(deadline) if deadline <= Instant::now() => None,
            Some(deadline) => timeout_at(deadline, ask).await.ok(),
            None => Some(ask.await),
        }
    }

    fn next_call(&mut self) -> Call {
        if self.shared.is_fed() {
            return Call::Listen;
        }
        if !self.has_no_stream {
            return Call::Open;
        }
        // A caller that wants updates wants to know first how far the operation is.
        if self.only_get() || (self.aim == Aim::Updates && !self.shared.is_known()) {
            return Call::Get;
        }
        let hold = match self.aim {
            Aim::End => backoff::longest(self.polling),
            Aim::Updates => self.backoff.next(),
        };
        let left =
            self.deadline.map_or(LONGEST_HOLD, |deadline| deadline.saturating_duration_since(Instant::now()));
        Call::Wait(hold.min(left).min(LONGEST_HOLD))
    }

    async fn make(&self, call: Call) -> Result<Operation, RpcFailure> {
        let late = |method, limit| {
            RpcFailure::plain(method, Status::deadline_exceeded(format!("no answer within {limit:?}")))
        };
        let answer = match call {
            // What the stream says is remembered as it says it.
            Call::Listen => {
                return match self.shared.listen().await {
                    Fed::State(operation) => Ok(operation),
                    Fed::Over(status) => Err(RpcFailure::plain(STREAM, status)),
                };
            }
            Call::Open => match timeout(ANSWER_TIME, self.shared.open(self.rpcs)).await {
                Ok(Ok((first, feed))) => {
                    self.shared.feed_by(feed);
                    Ok(first)
                }
                Ok(Err(failure)) => Err(failure),
                Err(_) => Err(late(STREAM, ANSWER_TIME)),
            },
            Call::Get => {
                let answer = timeout(ANSWER_TIME, self.shared.get(self.rpcs, Some(ANSWER_TIME))).await;
                answer.unwrap_or_else(|_| Err(late("GetOperation", ANSWER_TIME)))
            }
            Call::Wait(hold) => {
                let limit = hold + ANSWER_TIME;
                let answer = timeout(limit, self.shared.wait(self.rpcs, hold, limit)).await;
                answer.unwrap_or_else(|_| Err(late("WaitOperation", limit)))
            }
        };
        answer.map(|operation| self.shared.remember(operation))
    }

    /// Whether `WaitOperation` has turned out to be of no use.
    fn only_get(&self) -> bool {
        self.useless_waits >= MAX_USELESS_WAITS
    }

    fn after_answer(&mut self, call: Call, took: Duration) {
        self.last_error = None;
        self.delay = match call {
            Call::Wait(hold) => {
                self.useless_waits = if took < hold.mul_f64(AT_ONCE) { self.useless_waits + 1 } else { 0 };
                if took < hold { self.backoff.next().saturating_sub(took) } else { Duration::ZERO }
            }
            Call::Get if self.only_get() => self.backoff.next(),
            Call::Open => {
                self.opened = Instant::now();
                Duration::ZERO
            }
            Call::Listen | Call::Get => Duration::ZERO,
        };
    }

    fn after_error(&mut self, call: Call, took: Duration, failure: RpcFailure) -> Result<(), Kind> {
        let code = failure.status.code();
        match call {
            // How it broke says little; whoever is asked next says more. A stream that lived long needs no pause.
            Call::Listen if self.can_ask() || is_passing(&failure.status) => {
                self.delay = self.backoff.next().saturating_sub(self.opened.elapsed());
            }
            Call::Open if code == Code::Unimplemented && self.can_ask() => {
                self.has_no_stream = true;
                return Ok(());
            }
            Call::Wait(_) if code == Code::Unimplemented => {
                self.useless_waits = MAX_USELESS_WAITS;
                // An answer that is known is too fresh for another call at once. A handle that has no answer
                // yet needs no pause.
                self.delay = if self.shared.is_known() { self.backoff.next() } else { Duration::ZERO };
                return Ok(());
            }
            // Nobody cancelled this call. It was cut off by a server that shuts down, or by a limit that the
            // server or a proxy sets for all calls. Short calls stay within such a limit.
            Call::Wait(_) if matches!(code, Code::DeadlineExceeded | Code::Cancelled) => {
                self.useless_waits += 1;
                self.delay = self.backoff.next().saturating_sub(took);
            }
            _ if is_passing(&failure.status) => self.delay = self.backoff.next(),
            _ => return Err(failure.into()),
        }
        self.last_error = Some(failure.status);
        Ok(())
    }

    /// Whether there are RPCs that answer with the operation, without a stream.
    fn can_ask(&self) -> bool {
        self.rpcs.get().is_some() || self.rpcs.wait().is_some()
    }
}

/// Whether the same call may succeed later.
///
/// UNAVAILABLE says so (AIP-194). It is also safe to repeat a call that was not answered in time, or that the
/// transport lost (the status then has a source), because these calls change nothing.
fn is_passing(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
        || std::error::Error::source(status).is_some()
}
