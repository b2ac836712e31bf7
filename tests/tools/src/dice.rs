//! A source of randomness that repeats itself.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A seeded generator (`SplitMix64`). Clones are the same generator.
///
/// What throws it does so in the order in which the runtime polls its tasks, which a seed decides too. So parts that
/// must not disturb each other [`fork`](Self::fork) their own.
#[derive(Debug, Clone)]
pub struct Dice(Arc<Mutex<u64>>);

impl Dice {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    /// Another generator, whose numbers have nothing to do with what this one gives from now on.
    pub fn fork(&self) -> Self {
        Self::new(self.bits())
    }

    /// The next number, of whatever size.
    pub fn bits(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Whether something happens that happens so many times in a thousand.
    pub fn happens(&self, in_a_thousand: u32) -> bool {
        self.below(1_000) < u64::from(in_a_thousand)
    }

    /// A number from 0 to below `end`.
    pub fn below(&self, end: u64) -> u64 {
        // The bias of a remainder is of no concern here.
        self.bits() % end
    }

    /// A place in something of this length.
    pub fn index(&self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len).unwrap_or(u64::MAX))).unwrap_or_default()
    }

    /// One of several.
    pub fn pick<T: Copy>(&self, of: &[T]) -> T {
        of[self.index(of.len())]
    }

    /// A time of so many milliseconds.
    pub fn millis(&self, range: Range<u64>) -> Duration {
        Duration::from_millis(range.start + self.below(range.end - range.start))
    }
}
