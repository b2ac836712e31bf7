//! Without the feature `telemetry` there is none.

use test_measure::Outcome;

/// Fails, as what is to be measured is not there.
pub(crate) fn install() -> Outcome {
    Err("build with `--features telemetry` for this part".into())
}
