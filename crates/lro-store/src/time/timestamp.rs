//! Points in time as every store can keep them.

use std::time::{Duration, SystemTime};

/// A point in time: whole microseconds since the Unix epoch.
///
/// Databases keep microseconds and the system clock has nanoseconds. Lists are ordered and paged by creation
/// time, so a time that is stored must read back as the very same value: the precision is given up once,
/// here, before anything is compared. Years from about 290,000 before to 290,000 after the epoch fit;
/// arithmetic stops at the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(0);

    /// The first time that fits.
    pub const MIN: Self = Self(i64::MIN);

    /// The time that lies this many microseconds after (negative: before) the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch; negative before it.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This time and `duration` more, rounded down to microseconds; the last representable time if that
    /// overflows.
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// This time and `duration` less, rounded down to microseconds; the first representable time if that
    /// overflows.
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }

    /// How long after `earlier` this time is; zero if it is not after it.
    pub fn saturating_duration_since(self, earlier: Self) -> Duration {
        let micros = i128::from(self.0) - i128::from(earlier.0);
        u64::try_from(micros).map_or(Duration::ZERO, Duration::from_micros)
    }
}

impl From<SystemTime> for Timestamp {
    /// Rounds towards the past.
    fn from(time: SystemTime) -> Self {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self(micros(after)),
            Err(before) => {
                let before = before.duration();
                let rounding = i64::from(before.subsec_nanos() % 1_000 != 0);
                Self((-micros(before)).saturating_sub(rounding))
            }
        }
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let distance = Duration::from_micros(time.0.unsigned_abs());
        let shifted = if time.0 < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        };
        // Only a platform with a narrower clock than ours can refuse; such a platform never produced this
        // time.
        shifted.unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_times_lose_what_a_database_would_lose() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_234_567);
        assert_eq!(Timestamp::from(time), Timestamp::from_micros(1_234));
        let before = SystemTime::UNIX_EPOCH - Duration::from_nanos(1_500);
        assert_eq!(Timestamp::from(before), Timestamp::from_micros(-2));
    }

    #[test]
    fn a_stored_time_reads_back_as_itself() {
        for micros in [-1_000_001, -1, 0, 1, 1_700_000_000_123_456] {
            let time = Timestamp::from_micros(micros);
            assert_eq!(Timestamp::from(SystemTime::from(time)), time);
        }
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        let last = Timestamp::from_micros(i64::MAX);
        assert_eq!(last.saturating_add(Duration::MAX), last);
        assert_eq!(Timestamp::UNIX_EPOCH.saturating_duration_since(last), Duration::ZERO);
        assert_eq!(
            last.saturating_duration_since(Timestamp::from_micros(i64::MIN)).as_micros(),
            u128::from(u64::MAX)
        );
    }
}
