//! The threads of a store, and what callers ask of them.

mod job;
mod queue;
mod readers;
mod writer;

use std::fmt;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use lro_store::Error;
use rusqlite::Connection;
use tokio::sync::oneshot;

use self::job::{Call, Job};
use self::queue::{Queue, Refused};
use self::readers::Read;
use crate::error::Failed;
use crate::transaction::Step;

pub(crate) use self::writer::Writer;

/// One thread that writes and some that read, and the queues before them. They end when this is dropped.
pub(crate) struct Threads {
    writes: Arc<Queue<Job>>,
    reads: Arc<Queue<Read>>,
    timeout: Duration,
    /// The first one is the thread that writes.
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    /// Starts the threads.
    pub(crate) fn start(
        writer: Writer,
        readers: Vec<Connection>,
        queue: usize,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let mut threads = Self {
            writes: writer.queue(),
            reads: Arc::new(Queue::new(queue)),
            timeout,
            handles: Vec::with_capacity(readers.len() + 1),
        };
        threads.spawn("lro-sqlite-write", || writer.run())?;
        for connection in readers {
            let queue = Arc::clone(&threads.reads);
            threads.spawn("lro-sqlite-read", move || readers::run(&connection, &queue))?;
        }
        Ok(threads)
    }

    fn spawn(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let handle = thread::Builder::new().name(name.to_owned()).spawn(run).map_err(Error::unavailable)?;
        self.handles.push(handle);
        Ok(())
    }

    /// Runs a part of a transaction on the thread that writes.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl FnMut(&mut Step<'_>) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(|answer, deadline| self.writes.push(Job::Write(Box::new(Call::new(act, answer, deadline)))))
            .await
    }

    /// [`write`](Self::write) for what must get through also when there is much else to do.
    pub(crate) async fn write_urgently<T: Send + 'static>(
        &self,
        act: impl FnMut(&mut Step<'_>) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(|answer, deadline| {
            self.writes.push_urgent(Job::Write(Box::new(Call::new(act, answer, deadline))))
        })
        .await
    }

    /// Runs on a thread that reads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(|answer, deadline| self.reads.push(readers::call(act, answer, deadline))).await
    }

    /// Empties the write-ahead log on the thread that writes.
    pub(crate) async fn checkpoint(&self) -> Result<(), Error> {
        self.ask(|answer, _| self.writes.push(Job::Checkpoint(answer))).await
    }

    /// Adds a job and waits for its answer.
    async fn ask<T>(
        &self,
        push: impl FnOnce(oneshot::Sender<Result<T, Error>>, Instant) -> Result<(), Refused>,
    ) -> Result<T, Error> {
        let (answer, receiver) = oneshot::channel();
        push(answer, Instant::now() + self.timeout).map_err(|refused| match refused {
            Refused::Full => Error::unavailable("too many calls wait for the database; try again later"),
            Refused::Closed => Error::internal("the store is closed"),
        })?;
        let answered = async {
            receiver.await.unwrap_or_else(|_| Err(Error::internal("a thread of the store has ended")))
        };
        self.in_time(answered).await
    }

    /// Gives up what takes longer than a call may.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let timeout = self.timeout;
        tokio::time::timeout(timeout, work).await.unwrap_or_else(|_| {
            Err(Error::unavailable(format!("the database has not answered within {timeout:?}")))
        })
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        // Readers end first, so that the writer can empty the write-ahead log.
        for thread in self.handles.drain(..).rev() {
            // A closure in a job may have had the last clone; that thread ends when it is done with the job.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads").finish_non_exhaustive()
    }
}
