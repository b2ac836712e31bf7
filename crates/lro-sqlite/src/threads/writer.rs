//! The thread that writes: what waits goes into one transaction, and is answered after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lro_store::{Change, ChangeHub, Clock, Error};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::job::{Job, Write};
use super::queue::{Queue, Taken};
use crate::error::Failed;
use crate::transaction::Step;

/// The most calls in one transaction, so that no call waits for long behind others.
const CALLS: usize = 512;

/// What the thread works with.
pub(crate) struct Writer {
    connection: Connection,
    queue: Arc<Queue<Job>>,
    clock: Arc<dyn Clock>,
    hub: ChangeHub,
    watch_interval: Duration,
    /// What [`data_version`] last was.
    version: Option<i64>,
}

impl Writer {
    /// From now on, it notices what other connections commit.
    pub(crate) fn new(
        connection: Connection,
        queue: usize,
        clock: Arc<dyn Clock>,
        hub: ChangeHub,
        watch_interval: Duration,
    ) -> Self {
        let version = data_version(&connection);
        Self { connection, queue: Arc::new(Queue::new(queue)), clock, hub, watch_interval, version }
    }

    /// Where its jobs come from.
    pub(crate) fn queue(&self) -> Arc<Queue<Job>> {
        Arc::clone(&self.queue)
    }

    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        let mut looked = Instant::now();
        loop {
            match self.queue.take(CALLS, self.watch_interval) {
                Taken::Items(jobs) => self.work(jobs),
                Taken::Nothing => {}
                Taken::Closed => break,
            }
            if looked.elapsed() >= self.watch_interval {
                self.look_for_others();
                looked = Instant::now();
            }
        }
        // Nobody is kept waiting for other processes, and what fails here is done by whoever opens the file next.
        let _ = self.connection.busy_timeout(Duration::ZERO);
        let _ = checkpoint(&self.connection);
    }

    fn work(&mut self, jobs: Vec<Job>) {
        let now = Instant::now();
        let (mut writes, mut checkpoints) = (Vec::with_capacity(jobs.len()), Vec::new());
        for job in jobs {
            match job {
                Job::Write(write) if write.is_wanted(now) => writes.push(write),
                Job::Write(write) => {
                    write.answer(Err(Failed::unavailable("the call has waited for too long behind others")));
                }
                Job::Checkpoint(answer) => checkpoints.push(answer),
            }
        }
        if !writes.is_empty() {
            self.write_all(writes);
        }
        for answer in checkpoints {
            let _ = answer.send(checkpoint(&self.connection).map_err(Error::from));
        }
    }

    /// Writes in one transaction. If that fails because of one of the calls, each gets a transaction of its own, so that
    /// none fails for another.
    fn write_all(&mut self, mut writes: Vec<Box<dyn Write>>) {
        match self.transact(&mut writes) {
            Ok(()) => writes.into_iter().for_each(|write| write.answer(Ok(()))),
            Err(Aborted::ByCall(_)) if writes.len() > 1 => {
                for write in writes {
                    let mut alone = vec![write];
                    let ended = self.transact(&mut alone).map_err(Aborted::into_failed);
                    for write in alone {
                        write.answer(ended.clone());
                    }
                }
            }
            Err(aborted) => {
                let failed = aborted.into_failed();
                for write in writes {
                    write.answer(Err(failed.clone()));
                }
            }
        }
    }

    fn transact(&mut self, writes: &mut [Box<dyn Write>]) -> Result<(), Aborted> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| Aborted::ByDatabase(error.into()))?;
        let hints = match run_all(&transaction, &*self.clock, writes) {
            Ok(hints) => hints,
            Err(failed) => {
                roll_back(transaction);
                return Err(Aborted::ByCall(failed));
            }
        };
        transaction.commit().map_err(|error| Aborted::ByDatabase(error.into()))?;
        for hint in &hints {
            self.hub.publish(hint);
        }
        Ok(())
    }

    /// Tells readers to look again if another connection has committed something since this was last asked.
    fn look_for_others(&mut self) {
        let version = data_version(&self.connection);
        if version != self.version {
            self.version = version;
            self.hub.resync();
        }
    }
}

/// A number that changes when another connection, of this process or another one, commits something.
fn data_version(connection: &Connection) -> Option<i64> {
    let mut statement = connection.prepare_cached("PRAGMA data_version").ok()?;
    statement.query_row([], |row| row.get(0)).ok()
}

/// Why a transaction was not committed.
enum Aborted {
    /// One of its calls failed.
    ByCall(Failed),
    /// It could not begin, or not be committed.
    ByDatabase(Failed),
}

impl Aborted {
    fn into_failed(self) -> Failed {
        match self {
            Self::ByCall(failed) | Self::ByDatabase(failed) => failed,
        }
    }
}

/// Runs the calls; what to publish once they are committed.
fn run_all(
    transaction: &Transaction<'_>,
    clock: &dyn Clock,
    writes: &mut [Box<dyn Write>],
) -> Result<Vec<Change>, Failed> {
    let mut step = Step::new(transaction, clock);
    for write in writes {
        // The clock and closures are the user's code. After a panic, the transaction is rolled back.
        catch_unwind(AssertUnwindSafe(|| write.run(&mut step))).unwrap_or_else(|_| {
            Err(Failed::internal("a closure or the clock panicked in a transaction, which was rolled back"))
        })?;
    }
    Ok(step.into_hints())
}

/// Some failures have ended the transaction already; then there is nothing to roll back.
fn roll_back(transaction: Transaction<'_>) {
    let _ = transaction.finish();
}

/// Moves the write-ahead log into the database and empties it.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), Failed> {
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        return Err(Failed::unavailable(
            "other connections read from the write-ahead log, so it could not be emptied; try again later",
        ));
    }
    Ok(())
}
