//! A cap on how many calls are made in a second.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// How much of a second may be used at once after a time of rest. Without that, two calls that happen to come together would wait for
/// each other.
const BURST: f64 = 0.2;

/// Lets callers pass one after the other, with a time between them.
#[derive(Debug)]
pub(super) struct Pace {
    gap: Duration,
    burst: Duration,
    /// When the last of those that passed would have, had there been no burst.
    full: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(per_second: f64) -> Self {
        // A number that is none, or not positive, sets no cap.
        let gap = Duration::try_from_secs_f64(per_second.recip()).unwrap_or_default();
        Self { gap, burst: Duration::from_secs_f64(BURST).saturating_sub(gap), full: Mutex::default() }
    }

    /// Waits for its turn. Callers pass in the order in which they came; one that is dropped takes no turn.
    pub(super) async fn turn(&self) {
        if self.gap.is_zero() {
            return;
        }
        // Whoever has the lock is the next, and the others stand in line behind it.
        let mut full = self.full.lock().await;
        let now = Instant::now();
        let turn = full.map_or(now, |full| full.max(now)) + self.gap;
        let due = turn.checked_sub(self.gap + self.burst).unwrap_or(now);
        if due > now {
            sleep_until(due).await;
        }
        *full = Some(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `callers` have passed after each second.
    async fn passed(per_second: f64, callers: usize, seconds: u64) -> Vec<usize> {
        let pace = std::sync::Arc::new(Pace::new(per_second));
        let begin = Instant::now();
        let turns = (0..callers).map(|_| {
            let pace = std::sync::Arc::clone(&pace);
            tokio::spawn(async move {
                pace.turn().await;
                begin.elapsed()
            })
        });
        let turns: Vec<_> = turns.collect();
        let mut times = Vec::new();
        for turn in turns {
            times.push(turn.await.expect("it does not panic"));
        }
        (1..=seconds)
            .map(|second| times.iter().filter(|time| **time < Duration::from_secs(second)).count())
            .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn callers_pass_at_the_rate_after_a_short_burst() {
        assert_eq!(passed(50.0, 200, 4).await, [59, 109, 159, 200]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_rate_has_no_burst() {
        assert_eq!(passed(0.5, 3, 6).await, [1, 1, 2, 2, 3, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_rate_is_no_cap() {
        for none in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(passed(none, 1000, 1).await, [1000], "{none}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_takes_no_turn() {
        let pace = Pace::new(1.0);
        pace.turn().await;
        let begin = Instant::now();
        tokio::time::timeout(Duration::from_millis(300), pace.turn()).await.expect_err("it is not its turn");
        pace.turn().await;
        assert_eq!(begin.elapsed(), Duration::from_secs(1));
    }
}
