//! The settings of a store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{ChangeHub, Clock, Error, SystemClock};

use crate::database::Place;
use crate::threads::{Threads, Writer};
use crate::{SqliteStore, database, transaction};

/// The longest time that can be set: a day, which every clock and SQLite can add up.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Opens a [`SqliteStore`] with other settings than the usual ones.
#[derive(Debug)]
#[must_use = "a store is opened by `open`"]
pub struct SqliteStoreBuilder {
    place: Place,
    clock: Arc<dyn Clock>,
    readers: usize,
    queue: usize,
    timeout: Duration,
    watch_interval: Duration,
    later: Vec<String>,
}

impl SqliteStoreBuilder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            place: Place {
                path,
                busy_timeout: Duration::from_secs(5),
                checkpoint_pages: 4_000,
                cache_kib: 16 * 1024,
            },
            clock: Arc::new(SystemClock),
            readers: 2,
            queue: 10_000,
            timeout: Duration::from_secs(30),
            watch_interval: Duration::from_millis(100),
            later: Vec::new(),
        }
    }

    /// Where it gets the time from; the system's clock by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many threads read, each on a connection of its own; 2 by default, at least 1. One more thread writes.
    pub fn readers(mut self, count: usize) -> Self {
        self.readers = count.max(1);
        self
    }

    /// How many calls may wait to be written, and as many to be read; 10,000 by default. Beyond that, calls fail as
    /// [unavailable](Error::unavailable). Signs of life of workers have as much room again.
    pub fn queue(mut self, calls: usize) -> Self {
        self.queue = calls.max(1);
        self
    }

    /// How long a call may take in all; 30 seconds by default, at most a day. Then it fails as [unavailable](Error::unavailable), and its
    /// effect is whole or absent.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// How long to wait for other connections that have the file locked, such as those of another process; 5 seconds by
    /// default, at most a day. Then the calls that wait fail as [unavailable](Error::unavailable).
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.place.busy_timeout = timeout.min(LONGEST);
        self
    }

    /// How often to look whether another connection has committed something; every 100 milliseconds by default. It costs
    /// next to nothing. Readers of [`changes`](lro_store::Store::changes) are then told to look at everything again.
    pub fn watch_interval(mut self, interval: Duration) -> Self {
        self.watch_interval = interval.clamp(Duration::from_millis(1), LONGEST);
        self
    }

    /// After how many pages of 4 KiB in the write-ahead log these are moved into the database; 4,000 by default, which is
    /// 16 MB. Fewer make a smaller log, and more work.
    pub fn checkpoint_pages(mut self, pages: u32) -> Self {
        self.place.checkpoint_pages = pages.max(1);
        self
    }

    /// How much of the database each connection keeps in memory, in KiB; 16 MiB by default.
    pub fn cache_kib(mut self, kib: u32) -> Self {
        self.place.cache_kib = kib.min(i32::MAX.unsigned_abs());
        self
    }

    /// Makes this a program that is a version newer and knows this step more, for tests of what an upgrade does to the
    /// programs of before.
    #[doc(hidden)]
    pub fn next_version(mut self, step: impl Into<String>) -> Self {
        self.later.push(step.into());
        self
    }

    /// Opens the store, and makes the file and the tables if they are not there.
    ///
    /// # Errors
    /// Says what is wrong with the file, its folder or its tables, or with the SQLite library of the system, if that is
    /// used and is older than 3.37. [Unavailable](Error::unavailable) if another
    /// connection has it locked for longer than the busy timeout, or the disk is full.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn open(self) -> Result<SqliteStore, Error> {
        let open = tokio::task::spawn_blocking(|| self.open_now());
        open.await.map_err(|error| Error::internal(format!("opening the database has panicked: {error}")))?
    }

    /// Opens the connections and starts the threads. Blocks.
    fn open_now(self) -> Result<SqliteStore, Error> {
        let Self { place, clock, readers, queue, timeout, watch_interval, later } = self;
        let mut connection = place.writer()?;
        database::migrate(&mut connection, &later)?;
        transaction::guard(&mut connection)?;
        let reading = (0..readers).map(|_| place.reader()).collect::<Result<_, _>>()?;
        let hub = ChangeHub::default();
        let writer = Writer::new(connection, queue, Arc::clone(&clock), hub.clone(), watch_interval);
        let threads = Threads::start(writer, reading, queue, timeout)?;
        Ok(SqliteStore::new(threads, place, clock, hub))
    }
}
