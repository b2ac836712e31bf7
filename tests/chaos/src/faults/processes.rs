//! What happens to processes.

use std::time::Duration;

use tokio::time::sleep;

use super::Faults;
use crate::event::Event;
use crate::settings::LEASE;
use crate::site::Taken;

/// How often a process is started that does not begin.
const TRIES: usize = 5;

impl Faults {
    fn take_any(&self) -> Option<Taken> {
        self.site.take(self.dice.index(self.site.len()))
    }

    /// Kills a process, and starts the next one after a while.
    pub(super) async fn kill(&self) {
        let Some(place) = self.take_any() else { return };
        place.kill().await;
        sleep(self.dice.millis(0..3_000)).await;
        self.begin(&place).await;
    }

    /// Stops a process, mostly for longer than its lease.
    pub(super) async fn pause(&self) {
        // One that does nothing has nothing to be taken over.
        let working = self.site.working();
        let any =
            if self.dice.happens(800) { self.dice.pick(&working) } else { self.dice.index(self.site.len()) };
        let Some(place) = self.site.take(any) else { return };
        let lease = u64::try_from(LEASE.as_millis()).unwrap_or_default();
        // Mostly so long that others have just taken over when it goes on: then what it wrote as if nothing had happened
        // would do the most harm. They do so when their own leases have been whole for one lease.
        let time = if self.dice.happens(700) { lease * 5 / 4..lease * 3 } else { 200..lease * 3 / 2 };
        let time = self.dice.millis(time);
        // A process that stops while it writes keeps all others from writing.
        let is_outage = self.backend.is_file();
        if is_outage {
            self.write(Event::StoreDown {
                how: "a process is stopped that may be writing to it".into(),
                of: "all".into(),
            });
        }
        place.pause().await;
        sleep(time).await;
        place.resume().await;
        if is_outage {
            self.write(Event::StoreUp);
        }
    }

    /// Asks a process to end, as an upgrade does, and starts the next one.
    pub(super) async fn drain(&self) {
        let Some(place) = self.take_any() else { return };
        place.drain().await;
        sleep(self.dice.millis(0..1_000)).await;
        self.begin(&place).await;
    }

    /// Starts a process, again if it does not begin.
    pub(super) async fn begin(&self, place: &Taken) {
        for _ in 0..TRIES {
            match place.begin().await {
                Ok(()) => return,
                Err(error) => eprintln!("a process does not begin: {error}"),
            }
            sleep(Duration::from_millis(500)).await;
        }
    }

    /// Looks for processes that have ended unasked.
    pub(super) async fn look(&self) {
        for place in 0..self.site.len() {
            if let Some(place) = self.site.take(place) {
                place.look().await;
            }
        }
    }

    /// Sees to it that all processes are there.
    pub(super) async fn mend(&self) {
        for place in 0..self.site.len() {
            // Nobody else does anything to it for long now.
            let place = loop {
                match self.site.take(place) {
                    Some(place) => break place,
                    None => sleep(Duration::from_millis(20)).await,
                }
            };
            place.look().await;
            self.begin(&place).await;
        }
    }
}
