//! The pauses between two calls about an operation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::Polling;

/// The largest part of a pause that jitter takes away.
const SPREAD: f64 = 0.25;

/// The shortest pause, whatever the policy says.
const SHORTEST: Duration = Duration::from_millis(1);

/// The growing pauses of one wait.
pub(super) struct Backoff {
    next: Duration,
    polling: Polling,
    jitter: Jitter,
}

impl Backoff {
    pub(super) fn new(polling: Polling, jitter: Jitter) -> Self {
        Self { next: polling.initial_delay(), polling, jitter }
    }

    /// The next pause: at least three quarters of the policy's pause, and never more than all of it.
    pub(super) fn next(&mut self) -> Duration {
        let whole = self.next.min(self.polling.max_delay());
        // `max` also turns a multiplier that is not a number into 1.
        let grown = whole.as_secs_f64() * self.polling.multiplier().max(1.0);
        self.next = Duration::try_from_secs_f64(grown).unwrap_or(Duration::MAX);
        let part = whole.as_secs_f64() * (1.0 - SPREAD * self.jitter.fraction());
        Duration::try_from_secs_f64(part).unwrap_or(whole).max(SHORTEST)
    }
}

/// The longest pause of the policy.
pub(super) fn longest(polling: Polling) -> Duration {
    polling.max_delay().max(SHORTEST)
}

/// The source of randomness: numbers from 0 to 1.
#[derive(Clone)]
pub(super) struct Jitter(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Jitter {
    pub(super) fn new(source: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    #[expect(clippy::manual_clamp, reason = "`clamp` keeps a value that is not a number, `max` drops it")]
    fn fraction(&self) -> f64 {
        (self.0)().max(0.0).min(1.0)
    }
}

impl Default for Jitter {
    fn default() -> Self {
        Self::new(rand::random::<f64>)
    }
}

impl fmt::Debug for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jitter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(polling: Polling, jitter: f64, count: usize) -> Vec<f64> {
        let mut backoff = Backoff::new(polling, Jitter::new(move || jitter));
        (0..count).map(|_| backoff.next().as_secs_f64()).collect()
    }

    #[test]
    fn pauses_grow_to_the_longest() {
        assert_eq!(seconds(Polling::new(), 0.0, 8), [5.0, 7.5, 11.25, 16.875, 25.3125, 37.96875, 45.0, 45.0]);
    }

    #[test]
    fn jitter_takes_at_most_a_quarter() {
        assert_eq!(seconds(Polling::new(), 1.0, 2), [3.75, 5.625]);
        assert_eq!(seconds(Polling::new(), f64::INFINITY, 2), [3.75, 5.625]);
        assert_eq!(seconds(Polling::new(), f64::NAN, 2), [5.0, 7.5]);
    }

    #[test]
    fn no_policy_spins_or_overflows() {
        let none = Polling::new().with_initial_delay(Duration::ZERO);
        assert_eq!(seconds(none, 0.0, 2), [0.001, 0.001]);
        let shrinking = Polling::new().with_multiplier(f64::NAN);
        assert_eq!(seconds(shrinking, 0.0, 2), [5.0, 5.0]);
        let endless = Polling::new().with_multiplier(f64::INFINITY).with_max_delay(Duration::MAX);
        let mut backoff = Backoff::new(endless, Jitter::new(|| 0.0));
        assert_eq!(backoff.next(), Duration::from_secs(5));
        // The second pause is longer than any clock can count; the point is that it does not panic.
        assert!(backoff.next() > Duration::from_secs(1 << 40));
    }
}
