//! One call of the poller.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout};

use crate::OperationRpcs;
use crate::client::failure::RpcFailure;
use crate::client::shared::{Demand, Fed, Shared};
use crate::google::longrunning::Operation;

/// How much longer a call may take than the time for which the server was asked to hold its answer. The client
/// then gives up the call, or else a connection that swallows requests would end the wait.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// The server and the transport are told that the caller has so much more time. They end calls too, but without a word on the
/// connection.
const SPARE: Duration = Duration::from_secs(1);

/// The longest time for which the server is asked to hold its answer, whatever the policy says. No proxy
/// between client and server keeps a silent request for days.
const LONGEST_HOLD: Duration = Duration::from_secs(60 * 60);

/// The shortest time for which the server is asked to hold its answer.
const SHORTEST_HOLD: Duration = Duration::from_millis(1);

/// What errors call the stream that tells of an operation.
const STREAM: &str = "the stream of its states";

/// What to ask.
#[derive(Debug)]
pub(super) enum Call<'a> {
    /// The stream that tells of the operation.
    Listen,
    /// Opens such a stream.
    Open,
    Get {
        path: Option<&'static str>,
    },
    Wait {
        path: &'static str,
        hold: Duration,
        /// Where the server holds as many answers as it may already, but there is no other way to ask, there is no permit.
        _permit: Option<SemaphorePermit<'a>>,
    },
}

type Answer = Result<Operation, RpcFailure>;

impl<'a> Call<'a> {
    pub(super) fn get(rpcs: &OperationRpcs) -> Self {
        Self::Get { path: rpcs.get().map(|rpc| rpc.path) }
    }

    /// Asks the server to hold its answer for as long as the policy, those who wait and what is known of the server allow.
    pub(super) fn wait(
        path: &'static str,
        demand: &Demand,
        shared: &Shared,
        permit: Option<SemaphorePermit<'a>>,
    ) -> Self {
        let left = demand.deadline.map_or(LONGEST_HOLD, |end| end.saturating_duration_since(Instant::now()));
        let learned = shared.client.channel().learned.longest_hold(path);
        let hold = demand.interval.unwrap_or(demand.settings.polling.max_delay());
        let hold = hold.min(left).min(LONGEST_HOLD).min(learned).max(SHORTEST_HOLD);
        Self::Wait { path, hold, _permit: permit }
    }

    /// The RPC that is called; `None` for what is no call, but a stream.
    pub(super) fn path(&self) -> Option<&'static str> {
        match self {
            Self::Listen | Self::Open => None,
            Self::Get { path } => *path,
            Self::Wait { path, .. } => Some(path),
        }
    }

    /// Whether the answer may come late although there is something to know.
    pub(super) fn is_held(&self) -> bool {
        matches!(self, Self::Wait { .. })
    }

    /// The future is in a box: most handles sleep most of the time, and then there is none.
    pub(super) fn make(
        &self,
        shared: &Arc<Shared>,
        rpcs: &'static OperationRpcs,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
        let shared = Arc::clone(shared);
        match *self {
            Self::Listen => Box::pin(async move {
                match shared.listen().await {
                    Fed::State(operation) => Ok(operation),
                    Fed::Over(status) => Err(RpcFailure::plain(STREAM, status)),
                }
            }),
            Self::Open => Box::pin(async move {
                match timeout(ANSWER_TIME, shared.open(rpcs)).await {
                    Ok(Ok((first, feed))) => {
                        shared.feed_by(feed);
                        Ok(first)
                    }
                    Ok(Err(failure)) => Err(failure),
                    Err(_) => Err(late(&shared, STREAM, ANSWER_TIME)),
                }
            }),
            Self::Get { .. } => Box::pin(async move {
                let answer = timeout(ANSWER_TIME, shared.get(rpcs, Some(ANSWER_TIME + SPARE))).await;
                answer.unwrap_or_else(|_| Err(late(&shared, "GetOperation", ANSWER_TIME)))
            }),
            Self::Wait { hold, .. } => Box::pin(async move {
                let limit = hold + ANSWER_TIME;
                let answer = timeout(limit, shared.wait(rpcs, hold, limit + SPARE)).await;
                answer.unwrap_or_else(|_| Err(late(&shared, "WaitOperation", limit)))
            }),
        }
    }
}

/// There was no answer: perhaps the connection is dead, though nobody has said so.
fn late(shared: &Shared, method: &'static str, limit: Duration) -> RpcFailure {
    shared.client.renew_connection();
    RpcFailure::late(method, limit)
}
