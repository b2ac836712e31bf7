//! The processes that there are at a time.

pub(crate) mod process;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;

pub(crate) use self::process::Process;
use crate::child::Config;
use crate::event::Event;
use crate::log::Log;
use crate::settings::{DRAIN, Settings};
use crate::store::Target;
use test_tools::Dice;

/// How long a process may take to end beyond the time that its work has: handing back is bounded, and so are its last calls.
const LAST_STEPS: Duration = Duration::from_secs(20);

/// What a place is for.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) serves: bool,
    pub(crate) concurrency: usize,
    /// Each may find the store on a way of its own.
    pub(crate) store: Target,
}

/// The processes of a run: a fixed number of places, in each of which one process follows the other. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Site(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    roles: Vec<Role>,
    settings: Settings,
    folder: PathBuf,
    origin: u64,
    log: Log,
    next: AtomicU32,
    places: Mutex<Vec<Place>>,
}

#[derive(Debug, Clone, Default)]
struct Place {
    process: Option<Arc<Process>>,
    /// Something is being done to it.
    is_busy: bool,
}

impl Site {
    pub(crate) fn new(roles: Vec<Role>, settings: Settings, folder: PathBuf, origin: u64, log: Log) -> Self {
        let places = Mutex::new(vec![Place::default(); roles.len()]);
        Self(Arc::new(Inner { roles, settings, folder, origin, log, next: AtomicU32::new(1), places }))
    }

    fn places(&self) -> MutexGuard<'_, Vec<Place>> {
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many places there are.
    pub(crate) fn len(&self) -> usize {
        self.0.roles.len()
    }

    /// The places of the processes that work.
    pub(crate) fn working(&self) -> Vec<usize> {
        (0..self.len()).filter(|place| self.0.roles[*place].concurrency > 0).collect()
    }

    /// One of the processes that clients can reach.
    pub(crate) fn serving(&self, dice: &Dice) -> Option<Arc<Process>> {
        let places = self.places();
        let serves = |process: &&Arc<Process>| process.channel().is_some();
        let serving: Vec<_> =
            places.iter().filter_map(|place| place.process.as_ref()).filter(serves).collect();
        (!serving.is_empty()).then(|| Arc::clone(serving[dice.index(serving.len())]))
    }

    /// Takes a place for doing something to it, if nobody else does.
    pub(crate) fn take(&self, place: usize) -> Option<Taken> {
        let mut places = self.places();
        let taken = &mut places[place];
        if taken.is_busy {
            return None;
        }
        taken.is_busy = true;
        Some(Taken { site: self.clone(), place })
    }
}

/// A place to which nobody else does anything meanwhile.
#[derive(Debug)]
pub(crate) struct Taken {
    site: Site,
    place: usize,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.site.places()[self.place].is_busy = false;
    }
}

impl Taken {
    fn process(&self) -> Option<Arc<Process>> {
        self.site.places()[self.place].process.clone()
    }

    fn remove(&self) -> Option<Arc<Process>> {
        self.site.places()[self.place].process.take()
    }

    fn log(&self, event: Event) {
        self.site.0.log.write(event);
    }

    /// Starts a process, if there is none.
    pub(crate) async fn begin(&self) -> io::Result<()> {
        if self.process().is_some() {
            return Ok(());
        }
        let inner = &self.site.0;
        let process = inner.next.fetch_add(1, Ordering::Relaxed);
        let Role { serves, concurrency, store } = inner.roles[self.place].clone();
        let config = Config {
            process,
            serves,
            concurrency,
            store,
            settings: inner.settings,
            folder: inner.folder.clone(),
            origin: inner.origin,
        };
        let role = if serves { "serves" } else { "works" };
        self.log(Event::Spawn { process, role: format!("{role}, {concurrency} at a time") });
        let begun = Process::begin(&std::env::current_exe()?, &config).await?;
        self.site.places()[self.place].process = Some(Arc::new(begun));
        Ok(())
    }

    /// Kills the process.
    pub(crate) async fn kill(&self) {
        let Some(process) = self.process() else { return };
        self.log(Event::Kill { process: process.number() });
        process.kill().await;
        drop(self.remove());
    }

    /// Stops the process in the middle of what it does.
    pub(crate) async fn pause(&self) {
        let Some(process) = self.process() else { return };
        self.log(Event::Pause { process: process.number() });
        process.signal(Signal::STOP).await;
    }

    /// Lets it go on.
    pub(crate) async fn resume(&self) {
        let Some(process) = self.process() else { return };
        process.signal(Signal::CONT).await;
        self.log(Event::Resume { process: process.number() });
    }

    /// Asks the process to end, and waits until it has.
    pub(crate) async fn drain(&self) {
        let Some(process) = self.process() else { return };
        let number = process.number();
        self.log(Event::Drain { process: number });
        process.signal(Signal::TERM).await;
        if let Some(status) = process.wait(DRAIN + LAST_STEPS).await {
            self.log(Event::Exit { process: number, status: status.to_string() });
        } else {
            self.log(Event::Stuck { process: number });
            self.log(Event::Kill { process: number });
            process.kill().await;
        }
        drop(self.remove());
    }

    /// Looks whether the process has ended by itself, which it must not, and forgets it then.
    pub(crate) async fn look(&self) {
        let Some(process) = self.process() else { return };
        if let Some(status) = process.ended().await {
            self.log(Event::Exit { process: process.number(), status: status.to_string() });
            drop(self.remove());
        }
    }
}
