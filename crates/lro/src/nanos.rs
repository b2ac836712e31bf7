//! A time in half the room of a [`Duration`].

use std::fmt;
use std::time::Duration;

/// A time in nanoseconds. More than five centuries count as for ever.
///
/// Constants of methods hold several times and are passed by value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nanos(u64);

impl Nanos {
    pub(crate) const FOREVER: Self = Self(u64::MAX);

    #[expect(clippy::cast_possible_truncation, reason = "what does not fit is for ever")]
    pub(crate) const fn of(time: Duration) -> Self {
        let nanos = time.as_nanos();
        if nanos < u64::MAX as u128 { Self(nanos as u64) } else { Self::FOREVER }
    }

    /// `Duration::MAX` if it is for ever.
    pub(crate) const fn get(self) -> Duration {
        match self {
            Self::FOREVER => Duration::MAX,
            Self(nanos) => Duration::from_nanos(nanos),
        }
    }
}

impl fmt::Debug for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_as_it_was_or_is_for_ever() {
        for time in [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(3600), Duration::MAX] {
            assert_eq!(Nanos::of(time).get(), time);
        }
        assert_eq!(Nanos::of(Duration::from_secs(1 << 40)), Nanos::FOREVER);
    }
}
