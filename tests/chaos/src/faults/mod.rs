//! What goes wrong, at random.

mod clock;
mod database;
mod failover;
mod file;
mod kind;
mod network;
mod processes;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

pub use self::kind::Fault;
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
    kinds: Arc<[Fault]>,
    /// Whether something is being done to the database.
    database_is_busy: Arc<AtomicBool>,
    /// How far the store's clock is off, in milliseconds.
    clock_offset: Arc<AtomicI64>,
}

impl Faults {
    pub(crate) fn new(site: Site, backend: Arc<Backend>, log: Log, dice: Dice, kinds: Vec<Fault>) -> Self {
        let (database_is_busy, clock_offset) = (Arc::default(), Arc::default());
        Self { site, backend, log, dice, kinds: kinds.into(), database_is_busy, clock_offset }
    }

    /// Lets things go wrong for so long, and returns when all is mended.
    pub(crate) async fn run(&self, time: Duration) {
        let end = Instant::now() + time;
        // The first storm has all that there can be.
        let mut fails_over = true;
        while Instant::now() < end {
            self.storm(end.min(Instant::now() + STORM), fails_over).await;
            fails_over = self.dice.happens(600);
            sleep(LULL.min(end.saturating_duration_since(Instant::now()))).await;
        }
        self.mend().await;
    }

    async fn storm(&self, end: Instant, fails_over: bool) {
        let mut under_way = JoinSet::new();
        // Where one thing follows the other at once, nobody's lease is whole for long enough to take over from others.
        let longest = self.dice.pick(&[1_500, 4_000, 8_000]);
        if fails_over && self.kinds.contains(&Fault::FailOver) {
            // Once at the most, and early enough for the next standby to be there when the storm is over.
            let time = end.saturating_duration_since(Instant::now()).mul_f64(0.6);
            let time = self.dice.millis(0..u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1));
            let faulty = self.fork();
            under_way.spawn(async move {
                sleep(time).await;
                faulty.fail_over().await;
            });
        }
        let kinds = self.by_weight();
        while Instant::now() < end {
            sleep(self.dice.millis(50..longest)).await;
            if !kinds.is_empty() {
                let (kind, faulty) = (self.dice.pick(&kinds), self.fork());
                under_way.spawn(async move { faulty.happen(kind).await });
            }
            self.look().await;
        }
        // A fault mends itself.
        while under_way.join_next().await.is_some() {}
        self.mend().await;
    }

    fn fork(&self) -> Self {
        Self { dice: self.dice.fork(), ..self.clone() }
    }

    async fn happen(&self, kind: Fault) {
        match kind {
            Fault::Kill => self.kill().await,
            Fault::Pause => self.pause().await,
            Fault::Drain => self.drain().await,
            Fault::Database => self.database().await,
            Fault::FailOver => self.fail_over().await,
            Fault::Network => self.network().await,
            Fault::Lock => self.lock().await,
            Fault::Clock => self.step().await,
        }
    }

    /// The kinds that there can be, those more often that are to happen more often.
    fn by_weight(&self) -> Vec<Fault> {
        self.kinds.iter().flat_map(|kind| vec![*kind; kind.weight()]).collect()
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

    fn clock_offset(&self) -> i64 {
        self.clock_offset.load(Ordering::Relaxed)
    }

    fn set_clock_offset(&self, millis: i64) {
        self.clock_offset.store(millis, Ordering::Relaxed);
    }
}
