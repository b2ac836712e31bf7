//! What goes wrong, at random.

mod database;
mod file;
mod network;
mod processes;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::backend::Backend;
use crate::event::Event;
use crate::log::Log;
use crate::site::Site;
use test_tools::Dice;

/// How long things go wrong at a stretch.
const STORM: Duration = Duration::from_secs(45);

/// How long nothing goes wrong between two storms. Only then can be said how soon something must happen.
const LULL: Duration = Duration::from_secs(40);

/// What goes wrong with one run. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    site: Site,
    backend: Arc<Backend>,
    log: Log,
    dice: Dice,
    /// Whether something is being done to the database.
    database_is_busy: Arc<AtomicBool>,
}

/// A kind of fault.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Kill,
    Pause,
    Drain,
    Database,
    Network,
    Lock,
    ClockStep,
}

impl Faults {
    pub(crate) fn new(site: Site, backend: Arc<Backend>, log: Log, dice: Dice) -> Self {
        Self { site, backend, log, dice, database_is_busy: Arc::default() }
    }

    /// Lets things go wrong for so long, and returns when all is mended.
    pub(crate) async fn run(&self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.storm(end.min(Instant::now() + STORM)).await;
            sleep(LULL.min(end.saturating_duration_since(Instant::now()))).await;
        }
        self.mend().await;
    }

    async fn storm(&self, end: Instant) {
        let mut under_way = JoinSet::new();
        // Where one thing follows the other at once, nobody's lease is whole for long enough to take over from others.
        let longest = self.dice.pick(&[1_500, 4_000, 8_000]);
        while Instant::now() < end {
            sleep(self.dice.millis(50..longest)).await;
            let (kind, faulty) =
                (self.dice.pick(&self.kinds()), Self { dice: self.dice.fork(), ..self.clone() });
            under_way.spawn(async move {
                match kind {
                    Kind::Kill => faulty.kill().await,
                    Kind::Pause => faulty.pause().await,
                    Kind::Drain => faulty.drain().await,
                    Kind::Database => faulty.database().await,
                    Kind::Network => faulty.network().await,
                    Kind::Lock => faulty.lock().await,
                    Kind::ClockStep => faulty.step(),
                }
            });
            self.look().await;
        }
        // A fault mends itself.
        while under_way.join_next().await.is_some() {}
        self.mend().await;
    }

    /// The kinds that there can be, those more often that are to happen more often.
    fn kinds(&self) -> Vec<Kind> {
        let mut kinds = vec![Kind::Pause; 3];
        if self.backend.outlives_processes() {
            kinds.extend([Kind::Kill, Kind::Kill, Kind::Kill, Kind::Drain]);
        }
        if self.backend.cluster.is_some() {
            kinds.push(Kind::Database);
        }
        if self.backend.is_file() {
            kinds.extend([Kind::Lock, Kind::ClockStep]);
        }
        if !self.backend.networks.is_empty() {
            kinds.extend([Kind::Network, Kind::Network]);
        }
        kinds
    }

    fn write(&self, event: Event) {
        self.log.write(event);
    }

    /// Takes the database for doing something to it, if nobody else does.
    fn take_database(&self) -> bool {
        !self.database_is_busy.swap(true, Ordering::Relaxed)
    }

    fn give_database(&self) {
        self.database_is_busy.store(false, Ordering::Relaxed);
    }
}
