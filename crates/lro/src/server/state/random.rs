//! The engine's source of randomness.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// By which part an interval is shortened at most, so that processes that were started together do not look
/// at their store together.
const JITTER: f64 = 0.2;

/// A source of random bits. Clones are the same source.
#[derive(Clone)]
pub(in crate::server) struct Random(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Random {
    pub(in crate::server) fn new(source: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// 128 random bits.
    pub(in crate::server) fn bits(&self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    /// The next number. The source is the user's code; where it panics, the thread's generator steps in.
    fn next(&self) -> u64 {
        catch_unwind(AssertUnwindSafe(|| (self.0)())).unwrap_or_else(|_| {
            tracing::error!("the engine's source of randomness has panicked");
            rand::random()
        })
    }

    /// A number from 0 to below 1.
    pub(in crate::server) fn unit(&self) -> f64 {
        const BITS: u32 = 53;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
        let unit = (self.next() >> (u64::BITS - BITS)) as f64 / (1_u64 << BITS) as f64;
        unit
    }

    /// An interval, or up to a fifth less.
    pub(in crate::server) fn shorten(&self, interval: Duration) -> Duration {
        interval.mul_f64(1.0 - JITTER * self.unit())
    }
}

impl Default for Random {
    /// The thread's generator, which is fit for secrets.
    fn default() -> Self {
        Self::new(rand::random)
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_one_and_intervals_lose_a_fifth_at_most() {
        let (lowest, highest) = (Random::new(|| 0), Random::new(|| u64::MAX));
        assert!(lowest.unit() == 0.0 && highest.unit() < 1.0);
        let second = Duration::from_secs(1);
        assert_eq!(lowest.shorten(second), second);
        assert!(highest.shorten(second) >= second.mul_f64(0.8));
        assert_eq!((lowest.bits(), highest.bits()), (0, u128::MAX));
    }
}
