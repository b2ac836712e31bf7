//! The threads that read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lro_store::Error;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::queue::{Queue, Taken};
use crate::error::Failed;

/// How long a thread waits before it looks whether it is still needed; it is woken in any case.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// A call that reads.
pub(crate) type Read = Box<dyn FnOnce(&Connection) + Send>;

/// A call of the given function.
pub(crate) fn call<T: Send + 'static>(
    act: impl FnOnce(&Connection) -> Result<T, Failed> + Send + 'static,
    answer: oneshot::Sender<Result<T, Error>>,
    deadline: Instant,
) -> Read {
    Box::new(move |connection| {
        if answer.is_closed() {
            return;
        }
        let result = if Instant::now() < deadline {
            // The clock is the user's code.
            catch_unwind(AssertUnwindSafe(|| act(connection)))
                .unwrap_or_else(|_| Err(Failed::internal("a call that reads has panicked")))
        } else {
            Err(Failed::unavailable("the call has waited for too long behind others"))
        };
        // Whoever gave up does not want the answer.
        let _ = answer.send(result.map_err(Error::from));
    })
}

/// Works until the queue is closed and empty.
pub(crate) fn run(connection: &Connection, queue: &Arc<Queue<Read>>) {
    loop {
        match queue.take(1, PATIENCE) {
            Taken::Items(reads) => reads.into_iter().for_each(|read| read(connection)),
            Taken::Nothing => {}
            Taken::Closed => return,
        }
    }
}
