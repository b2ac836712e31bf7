//! The clock that the store goes by steps.

use std::time::Instant;

use super::Faults;
use crate::backend::DATABASE;
use crate::event::Event;
use crate::store::Target;
use crate::{clock, server_clock};

/// How far the clock is off at the most, in milliseconds. A lease that was given by a clock which then goes back lasts longer
/// by all that it goes back, and the run has to end.
const FARTHEST: i64 = 30_000;

impl Faults {
    /// Moves the store's clock: mostly by seconds, at times by up to a minute.
    pub(super) async fn step(&self) {
        if !self.take_database() {
            return;
        }
        let off = self.clock_offset();
        let to = match self.dice.below(10) {
            0..=6 => off + self.signed_below(5_000),
            _ => self.signed_below(FARTHEST),
        };
        let to = to.clamp(-FARTHEST, FARTHEST);
        let (micros, began) = ((to - off) * 1_000, Instant::now());
        if let Target::Sqlite { clock: folder, .. } = self.backend.target(0) {
            if let Err(error) = clock::step(&folder, micros) {
                eprintln!("the clock: {error}");
            }
        } else {
            self.with_servers(move |servers| server_clock::step(&servers.primary(), DATABASE, micros)).await;
        }
        self.set_clock_offset(to);
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.write(Event::ClockStep { micros, took });
        self.give_database();
    }

    /// A number of that size at the most, or less than nothing.
    fn signed_below(&self, end: i64) -> i64 {
        let number = i64::try_from(self.dice.below(end.unsigned_abs())).unwrap_or_default();
        if self.dice.happens(500) { number } else { -number }
    }
}
