//! What is printed, and the limits.

use std::time::Duration;

/// How far a figure may go.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// It is kept by this or more.
    AtLeast(f64),
    /// It is kept by this or less.
    AtMost(f64),
    /// It only explains the others.
    None,
}

/// Prints figures as they come, and remembers whether one has broken its limit.
#[derive(Debug, Default)]
pub struct Figures {
    is_broken: bool,
}

impl Figures {
    /// Prints one figure and whether it keeps its limit.
    pub fn print(&mut self, what: &str, value: f64, unit: &str, limit: Limit) {
        let (keeps, limit) = match limit {
            Limit::AtLeast(least) => (value >= least, format!("at least {least}")),
            Limit::AtMost(most) => (value <= most, format!("at most {most}")),
            Limit::None => return println!("{what:60} {value:12.3} {unit}"),
        };
        let verdict = self.judge(keeps);
        println!("{what:60} {value:12.3} {unit:8} {limit}, {verdict}");
    }

    /// What to print of a figure that keeps its limit or does not, for those that stand in a table.
    pub fn judge(&mut self, keeps: bool) -> &'static str {
        self.is_broken |= !keeps;
        if keeps { "kept" } else { "EXCEEDED" }
    }

    /// Whether all figures so far keep their limits.
    pub fn are_within_limits(&self) -> bool {
        !self.is_broken
    }
}

/// The one in the middle.
///
/// # Panics
/// There is none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What 99 of 100 stay below, in milliseconds; no number if there are no times.
pub fn p99(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() * 99 / 100).map_or(f64::NAN, |time| millis(*time))
}

/// In milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A count, which is small enough to be exact.
#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
pub fn count(number: usize) -> f64 {
    number as f64
}
