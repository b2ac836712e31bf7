//! Figures as tasks print them.

use std::time::Duration;

/// A million bytes each.
#[expect(clippy::cast_precision_loss, reason = "a figure with one decimal")]
pub(crate) fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// With one decimal, and the unit.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
