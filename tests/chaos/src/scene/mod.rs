//! A directed run: processes that a test starts and ends one by one, and calls that it makes one by one.

mod actor;
mod caller;
mod script;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

pub use self::actor::{Actor, Role};
pub use self::caller::Caller;
pub use self::script::Script;
use crate::check::{Violation, check};
use crate::clock;
use crate::event::{Entry, Event};
use crate::gate;
use crate::history::History;
use crate::log::{self, Log};
use crate::settings::{LEASE, POLL, Settings};
use crate::store::Target;

/// How long a test waits for what must happen, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(20);

/// The number that this process has in the log: that of the clients.
const CLIENTS: u32 = 0;

/// What a test plays in: a folder with the log of all processes, which goes with it unless the test fails.
#[derive(Debug)]
pub struct Scene {
    program: PathBuf,
    folder: TempDir,
    origin: u64,
    log: Log,
    settings: Settings,
    processes: AtomicU32,
    calls: Arc<AtomicU64>,
}

impl Scene {
    /// How long a process may be silent.
    pub const LEASE: Duration = LEASE;

    /// A scene whose processes run this program, which is the one of this crate.
    ///
    /// # Errors
    /// When there is no place for its files.
    pub fn new(program: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("lro-scene-").tempdir()?;
        let origin = log::monotonic();
        let log = Log::create(folder.path(), CLIENTS, origin)?;
        let settings = Settings { strict: false, page_token_key: [7; 32] };
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        log.write(Event::Run { seed: 0, strict: false, lease: micros(LEASE), poll: micros(POLL) });
        tokio::spawn(crate::stall::watch(log.clone(), CLIENTS));
        let (processes, calls) = (AtomicU32::new(1), Arc::default());
        Ok(Self { program: program.into(), folder, origin, log, settings, processes, calls })
    }

    /// Where the files of the scene are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file of SQLite that belongs to the scene.
    pub fn sqlite(&self) -> Target {
        Target::Sqlite { file: self.folder().join("operations.db"), clock: self.folder().into() }
    }

    /// Starts a process, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends before; what it says is in the folder.
    pub async fn begin(&self, role: Role, store: &Target) -> io::Result<Actor> {
        let process = self.processes.fetch_add(1, Ordering::Relaxed);
        self.log.write(Event::Spawn { process, role: format!("{role:?}") });
        let config = role.config(process, store.clone(), self.settings, self.folder(), self.origin);
        Actor::begin(&self.program, &config, self.log.clone()).await
    }

    /// A client of a process.
    ///
    /// # Errors
    /// When clients cannot reach it.
    pub fn caller(&self, actor: &Actor) -> io::Result<Caller> {
        let address = actor.address().ok_or_else(|| io::Error::other("the process does not serve"))?;
        self.caller_at(actor, address)
    }

    /// A client of a process behind another address, such as that of a network that fails.
    ///
    /// # Errors
    /// When the address is none.
    pub fn caller_at(&self, actor: &Actor, address: SocketAddr) -> io::Result<Caller> {
        Caller::new(self.log.clone(), Arc::clone(&self.calls), actor.number(), address)
    }

    /// Lets work go on that waits at a gate of this name.
    ///
    /// # Errors
    /// When the file that says so cannot be made.
    pub fn open(&self, gate: &str) -> io::Result<()> {
        gate::open(self.folder(), gate, None)
    }

    /// Lets work go on that waits at a gate of this name in this process.
    ///
    /// # Errors
    /// When the file that says so cannot be made.
    pub fn open_for(&self, gate: &str, actor: &Actor) -> io::Result<()> {
        gate::open(self.folder(), gate, Some(actor.number()))
    }

    /// Lets the clock step that stores of the scene go by.
    ///
    /// # Errors
    /// When the file that says so cannot be written.
    pub fn step_clock(&self, micros: i64) -> io::Result<()> {
        self.note(Event::ClockStep { micros, took: 0 });
        clock::step(self.folder(), micros)
    }

    /// Writes down what the test itself has done.
    pub fn note(&self, event: Event) {
        self.log.write(event);
    }

    /// What was written down so far.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = log::read(self.folder())?;
        entries.sort_by_key(|entry| entry.at);
        Ok(entries)
    }

    /// Waits until an event is written down for which this has an answer, and gives it.
    ///
    /// # Errors
    /// When none is in the end.
    pub async fn until<T>(&self, what: &str, find: impl Fn(&Entry) -> Option<T>) -> io::Result<T> {
        let began = Instant::now();
        loop {
            if let Some(found) = self.entries()?.iter().find_map(&find) {
                return Ok(found);
            }
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("this has not happened in {PATIENCE:?}: {what}")));
            }
            sleep(LOOK).await;
        }
    }

    /// What the checker finds wrong with all that has happened.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn violations(&self) -> io::Result<Vec<Violation>> {
        Ok(check(&History::new(self.entries()?)))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            eprintln!("the logs are in {}", self.folder().display());
        }
    }
}
