//! Running a call to its end: on a connection, within its time, again where others were in the way.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{Change, Clock, Error};
use tokio::time::{Instant, timeout_at};

use crate::Mode;
use crate::connections::connection::Connection;
use crate::connections::pool::Pool;
use crate::database::locks;
use crate::database::sql::Queries;
use crate::error::Failure;
use crate::hints::Hints;

/// The first pause before a call is tried again that another one was in the way of, and the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// What the calls of a store share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) writers: Pool,
    pub(crate) readers: Pool,
    pub(crate) queries: Queries,
    /// The name of the schema, quoted.
    pub(crate) schema: String,
    pub(crate) locks: locks::Space,
    pub(crate) mode: Mode,
    /// How long new operations go to one partition, in microseconds, if there are any.
    pub(crate) span: Option<i64>,
    pub(crate) clock: Option<Box<dyn Clock>>,
    pub(crate) timeout: Duration,
    pub(crate) hints: Arc<Hints>,
}

impl Shared {
    /// The time of the clock that the store was given; without one, statements take the server's.
    pub(crate) fn now(&self) -> Option<i64> {
        self.clock.as_ref().map(|clock| clock.now().as_micros())
    }

    /// Tells of what was committed.
    pub(crate) fn publish(&self, changes: impl IntoIterator<Item = Change>) {
        self.hints.publish(changes);
    }
}

/// A call of the store. It may be run several times; each run has an effect as a whole or none.
pub(crate) trait Call: Send + Sync + 'static {
    type Answer: Send + 'static;

    /// Whether it writes, which decides among which connections it gets one.
    const WRITES: bool = true;

    fn run(
        &self,
        shared: &Shared,
        connection: &mut Connection,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

/// Runs a call in a task of its own, so that a caller who gives up does not leave half of it on a connection.
pub(crate) async fn execute<C: Call>(shared: &Arc<Shared>, call: C) -> Result<C::Answer, Error> {
    let shared = Arc::clone(shared);
    in_task(async move { attempt(&shared, &call).await }).await
}

/// Runs several calls in a task of their own.
pub(crate) async fn in_task<T: Send + 'static>(
    calls: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(calls).await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => Err(Error::internal("a call has ended in a panic")),
        Err(error) => Err(Error::unavailable(error)),
    }
}

/// Runs a call to its end. The future must not be dropped before.
pub(crate) async fn attempt<C: Call>(shared: &Shared, call: &C) -> Result<C::Answer, Error> {
    let deadline = Instant::now() + shared.timeout;
    let pool = if C::WRITES { &shared.writers } else { &shared.readers };
    let mut pause = SHORTEST_PAUSE;
    loop {
        let late = || Error::unavailable(format!("the call has taken longer than {:?}", shared.timeout));
        let mut lease = timeout_at(deadline, pool.lease()).await.map_err(|_| late())??;
        let Ok(answer) = timeout_at(deadline, call.run(shared, &mut lease)).await else {
            lease.discard();
            return Err(late());
        };
        let failure = match answer {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let is_stale = failure.is_stale_statement();
        let is_broken = failure.is_broken_connection() || lease.client().is_closed();
        let is_useless =
            is_stale || is_broken || !matches!(timeout_at(deadline, lease.roll_back()).await, Ok(Ok(())));
        if is_useless {
            lease.discard();
        } else {
            drop(lease);
        }
        if !(is_stale || failure.is_transient()) || Instant::now() + pause >= deadline {
            return Err(failure.into());
        }
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
