//! The pauses between two looks at an operation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{Polling, RetryPolicy};

/// The largest part of a pause that jitter takes away. With less, an operation of many minutes would be noticed later than by clients whose
/// pauses are wholly random; with more, it would cost more calls than half as many again as a client makes whose pauses are not.
const SPREAD: f64 = 0.3;

/// The shortest pause, whatever the policy says.
const SHORTEST: Duration = Duration::from_millis(1);

/// The first pauses, for operations that take a moment only, each three times the one before. What the policy says comes after them, and in
/// place of those that are not shorter.
///
/// Of what few looks may cost, these are the times at which operations of a tenth of a second up to ten minutes are noticed no later, on average, than by
/// clients that begin with a second and double it up to a minute; `cargo xtask bench client --only notice` compares them.
const FIRST: [Duration; 3] =
    [Duration::from_millis(400), Duration::from_millis(1200), Duration::from_millis(3600)];

/// The pauses of one operation: first short ones, then those of a policy.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pauses {
    /// How many of the first pauses have been made.
    made: usize,
    /// The next pause of the policy; `None` before the first of it.
    next: Option<Duration>,
}

impl Pauses {
    /// The next pause: at least seven tenths of what the policy says, and never more than all of it.
    pub(super) fn next(&mut self, policy: Polling, jitter: &Jitter) -> Duration {
        if let Some(first) = FIRST.get(self.made)
            && *first < policy.initial_delay()
        {
            self.made += 1;
            return jitter.shorten((*first).min(policy.max_delay()));
        }
        let whole = self.next.unwrap_or(policy.initial_delay()).min(policy.max_delay());
        self.next = Some(grown(whole, policy.multiplier()));
        jitter.shorten(whole)
    }
}

/// The pauses after failures, from one success to the next.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Backoff {
    next: Option<Duration>,
}

impl Backoff {
    /// The pause after one more failure.
    pub(super) fn after(&mut self, policy: &RetryPolicy, jitter: &Jitter) -> Duration {
        let whole = self.next.unwrap_or(policy.initial_backoff()).min(policy.max_backoff());
        self.next = Some(grown(whole, policy.backoff_multiplier()));
        jitter.shorten(whole)
    }
}

/// The pause after `pause`. `max` also turns a multiplier that is not a number into 1.
fn grown(pause: Duration, multiplier: f64) -> Duration {
    Duration::try_from_secs_f64(pause.as_secs_f64() * multiplier.max(1.0)).unwrap_or(Duration::MAX)
}

/// The source of randomness: numbers from 0 to 1.
#[derive(Clone)]
pub(super) struct Jitter(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Jitter {
    pub(super) fn new(source: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// `pause`, or up to three tenths less.
    fn shorten(&self, pause: Duration) -> Duration {
        #[expect(clippy::manual_clamp, reason = "`clamp` keeps a value that is not a number, `max` drops it")]
        let fraction = (self.0)().max(0.0).min(1.0);
        let part = pause.as_secs_f64() * (1.0 - SPREAD * fraction);
        Duration::try_from_secs_f64(part).unwrap_or(pause).max(SHORTEST)
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
        let jitter = Jitter::new(move || jitter);
        let mut pauses = Pauses::default();
        (0..count).map(|_| pauses.next(polling, &jitter).as_secs_f64()).collect()
    }

    #[test]
    fn pauses_begin_short_and_grow_to_the_longest() {
        let pauses = seconds(Polling::new(), 0.0, 10);
        assert_eq!(pauses, [0.4, 1.2, 3.6, 5.0, 7.5, 11.25, 16.875, 25.3125, 37.96875, 45.0]);
    }

    #[test]
    fn a_policy_that_begins_sooner_is_followed_from_the_start() {
        let soon = Polling::new().with_initial_delay(Duration::from_millis(200)).with_multiplier(2.0);
        assert_eq!(seconds(soon, 0.0, 3), [0.2, 0.4, 0.8]);
        let medium = Polling::new().with_initial_delay(Duration::from_millis(500));
        assert_eq!(seconds(medium, 0.0, 3), [0.4, 0.5, 0.75]);
        let longer = Polling::new().with_initial_delay(Duration::from_secs(2));
        assert_eq!(seconds(longer, 0.0, 4), [0.4, 1.2, 2.0, 3.0]);
    }

    #[test]
    fn jitter_takes_at_most_three_tenths() {
        let policy = Polling::new().with_initial_delay(Duration::from_millis(400));
        assert_eq!(seconds(policy, 1.0, 2), [0.28, 0.42]);
        assert_eq!(seconds(policy, f64::INFINITY, 2), [0.28, 0.42]);
        assert_eq!(seconds(policy, f64::NAN, 2), [0.4, 0.6]);
    }

    #[test]
    fn no_policy_spins_or_overflows() {
        let none = Polling::new().with_initial_delay(Duration::ZERO);
        assert_eq!(seconds(none, 0.0, 2), [0.001, 0.001]);
        let shrinking = Polling::new().with_initial_delay(FIRST[0]).with_multiplier(f64::NAN);
        assert_eq!(seconds(shrinking, 0.0, 2), [0.4, 0.4]);
        let endless = Polling::new().with_multiplier(f64::INFINITY).with_max_delay(Duration::MAX);
        let (mut pauses, jitter) = (Pauses::default(), Jitter::new(|| 0.0));
        for _ in 0..=FIRST.len() {
            pauses.next(endless, &jitter);
        }
        // This pause is longer than any clock can count; the point is that it does not panic.
        assert!(pauses.next(endless, &jitter) > Duration::from_secs(1 << 40));
    }
}
