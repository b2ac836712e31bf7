//! When work that failed is tried again.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::FailureCode;

/// How long to wait between attempts, and which errors are tried again without being asked.
///
/// Only an error for which the work asks for another attempt, or whose code is one of [`on`](Self::on), is
/// tried again; every other one is the outcome. How often is the operation's `max_attempts`.
///
/// ```
/// use std::time::Duration;
/// use lro_store::{FailureCode, Retry};
///
/// let retry = Retry::default().initial_delay(Duration::from_secs(2)).on(FailureCode::UNAVAILABLE);
/// assert_eq!(retry.delay(1, 0.0), Duration::from_secs(2));
/// assert_eq!(retry.delay(3, 0.0), Duration::from_secs(8));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "a policy does nothing until an operation has it"]
pub struct Retry {
    initial_delay: Millis,
    max_delay: Millis,
    /// In percent.
    multiplier: u32,
    /// In percent.
    jitter: u32,
    /// A bit for each code.
    codes: u32,
}

/// Delays are whole milliseconds, so that every store can keep them.
type Millis = u64;

/// The longest delay that can be asked for: 30 days.
const LONGEST: Millis = 30 * 24 * 60 * 60 * 1_000;

/// The codes of `google.rpc.Code` that are failures.
const CODES: std::ops::RangeInclusive<i32> = 1..=16;

impl Retry {
    /// The delay after the first failed attempt; 1 second by default.
    pub fn initial_delay(mut self, delay: Duration) -> Self {
        self.initial_delay = millis(delay);
        self
    }

    /// The longest delay; 5 minutes by default.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = millis(delay);
        self
    }

    /// By what each delay is longer than the one before, from 1 to 100; 2 by default. Hundredths count.
    pub fn multiplier(mut self, factor: f64) -> Self {
        self.multiplier = percent(within(factor, 1.0, 100.0));
        self
    }

    /// Up to which part of it a delay is shortened at random, from 0 to 1, so that what failed together is not
    /// tried again together; 0.2 by default. Hundredths count.
    pub fn jitter(mut self, part: f64) -> Self {
        self.jitter = percent(within(part, 0.0, 1.0));
        self
    }

    /// Tries errors of this code again, in addition to those for which the work asks. Only codes that
    /// `google.rpc.Code` has can be named; OK is no error.
    pub fn on(mut self, code: FailureCode) -> Self {
        if CODES.contains(&code.number()) {
            self.codes |= 1 << code.number();
        }
        self
    }

    /// Whether errors of this code are tried again without being asked.
    pub fn covers(&self, code: FailureCode) -> bool {
        CODES.contains(&code.number()) && self.codes & (1 << code.number()) != 0
    }

    /// How long to wait after the given number of attempts, counted from 1. `random` is from 0 (the whole
    /// delay) to 1 (shortened by the whole jitter).
    pub fn delay(&self, attempts: u32, random: f64) -> Duration {
        let factor = f64::from(self.multiplier) / 100.0;
        let exponent = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX);
        #[expect(clippy::cast_precision_loss, reason = "the longest delay has 32 bits")]
        let (initial, longest) = (self.initial_delay as f64, self.max_delay as f64);
        // Without the inner bound, no delay times infinity is no number.
        let whole = (initial * factor.powi(exponent).min(f64::MAX)).min(longest);
        let jitter = f64::from(self.jitter) / 100.0 * within(random, 0.0, 1.0);
        Duration::try_from_secs_f64(whole * (1.0 - jitter) / 1_000.0).unwrap_or_default()
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self { initial_delay: 1_000, max_delay: 300_000, multiplier: 200, jitter: 20, codes: 0 }
    }
}

/// Writes the policy as a store keeps it: five numbers, `initial_delay max_delay multiplier jitter codes`,
/// in milliseconds, percent and, for the codes, a bit for each.
impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { initial_delay, max_delay, multiplier, jitter, codes } = self;
        write!(f, "{initial_delay} {max_delay} {multiplier} {jitter} {codes}")
    }
}

/// Reads what [`Display`](fmt::Display) writes.
impl FromStr for Retry {
    type Err = InvalidRetry;

    fn from_str(text: &str) -> Result<Self, InvalidRetry> {
        let read = || {
            let mut numbers = text.split(' ').map(str::parse::<u64>);
            let mut next = || numbers.next()?.ok();
            let retry = Self {
                initial_delay: next()?,
                max_delay: next()?,
                multiplier: next()?.try_into().ok()?,
                jitter: next()?.try_into().ok()?,
                codes: next()?.try_into().ok()?,
            };
            let sound = retry.initial_delay.max(retry.max_delay) <= LONGEST
                && (100..=10_000).contains(&retry.multiplier)
                && retry.jitter <= 100
                && retry.codes & !0x1_fffe == 0;
            (sound && numbers.next().is_none()).then_some(retry)
        };
        read().ok_or_else(|| InvalidRetry { text: text.chars().take(64).collect() })
    }
}

/// Why a stored text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a policy for retries: five numbers in their ranges, joined by spaces")]
pub struct InvalidRetry {
    text: String,
}

fn millis(delay: Duration) -> Millis {
    Millis::try_from(delay.as_millis()).unwrap_or(LONGEST).min(LONGEST)
}

/// The number itself, or the bound that is nearest; for no number at all, the lower one.
fn within(number: f64, lowest: f64, highest: f64) -> f64 {
    number.max(lowest).min(highest)
}

fn percent(part: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the callers bound it")]
    let percent = (part * 100.0).round() as u32;
    percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_the_longest_and_jitter_shortens_them() {
        let retry =
            Retry::default().initial_delay(Duration::from_secs(10)).max_delay(Duration::from_secs(60));
        let seconds = |attempts| retry.delay(attempts, 0.0).as_secs();
        assert_eq!([1, 2, 3, 4, u32::MAX].map(seconds), [10, 20, 40, 60, 60]);
        assert_eq!(retry.delay(1, 1.0), Duration::from_secs(8));
        assert_eq!(retry.delay(0, 7.0), Duration::from_secs(8), "a random number beyond 1 counts as 1");
        assert_eq!(retry.jitter(0.75).delay(1, 1.0), Duration::from_millis(2_500));
        assert_eq!(retry.multiplier(1.5).delay(3, 0.0), Duration::from_millis(22_500));
        let longest = Duration::from_secs(30 * 86_400);
        assert_eq!(retry.initial_delay(Duration::MAX).max_delay(Duration::MAX).delay(1, 0.0), longest);
    }

    #[test]
    fn no_delay_grows_to_no_delay() {
        let at_once = Retry::default().initial_delay(Duration::ZERO);
        assert_eq!([1, 2, 5_000, u32::MAX].map(|attempts| at_once.delay(attempts, 0.0)), [Duration::ZERO; 4]);
    }

    #[test]
    fn only_named_codes_are_covered() {
        let retry = Retry::default().on(FailureCode::UNAVAILABLE).on(FailureCode::new(77).unwrap());
        assert!(retry.covers(FailureCode::UNAVAILABLE));
        assert!(!retry.covers(FailureCode::ABORTED) && !retry.covers(FailureCode::new(77).unwrap()));
    }

    #[test]
    fn a_policy_reads_back_as_it_is_and_nonsense_is_refused() {
        let odd = Retry::default()
            .initial_delay(Duration::MAX)
            .max_delay(Duration::ZERO)
            .multiplier(f64::NAN)
            .jitter(f64::INFINITY)
            .on(FailureCode::new(16).unwrap());
        for retry in [Retry::default(), odd, odd.multiplier(1.5)] {
            assert_eq!(retry.to_string().parse(), Ok(retry));
        }
        for text in [
            "",
            "1 2 200 20",
            "1 2 200 20 0 0",
            "1 2 99 20 0",
            "1 2 200 101 0",
            "1 2 200 20 1",
            "a 2 200 20 0",
        ] {
            assert!(text.parse::<Retry>().is_err(), "{text}");
        }
    }
}
