//! The report for people.

use std::fmt::{Formatter, Result};

use super::{Counts, Entry, LEVELS, Report};
use crate::outcome::{Failure, Outcome};

/// Writes a line for each check, then what has failed in full, then the counts.
pub(super) fn write(report: &Report, f: &mut Formatter<'_>) -> Result {
    writeln!(f, "google.longrunning at {}\n", report.address)?;
    for entry in &report.entries {
        writeln!(f, "{}", line(entry))?;
    }
    for entry in &report.entries {
        if let Outcome::Failed(failure) = &entry.outcome {
            explain(entry, failure, f)?;
        }
    }
    writeln!(f)?;
    for level in LEVELS {
        let Counts { passed, failed, skipped, not_implemented } = Counts::of(report, level);
        writeln!(
            f,
            "{level:7} {passed} passed, {failed} failed, {skipped} skipped, {not_implemented} not implemented"
        )?;
    }
    write!(f, "in {:.1} s", report.took.as_secs_f64())
}

/// One check on one line.
pub(crate) fn line(entry: &Entry) -> String {
    let Entry { check, outcome, took } = entry;
    let (word, more) = match outcome {
        Outcome::Passed => ("ok", format!("{:.2} s", took.as_secs_f64())),
        Outcome::Failed(_) => ("FAILED", check.title().to_owned()),
        Outcome::Skipped { why } => ("skipped", why.clone()),
        Outcome::NotImplemented { what } => ("not implemented", what.clone()),
    };
    format!("{word:15} {:6} {:44} {more}", check.level(), check.id())
}

fn explain(entry: &Entry, failure: &Failure, f: &mut Formatter<'_>) -> Result {
    let check = entry.check;
    writeln!(f, "\n{} {}: {}", check.level(), check.id(), check.title())?;
    for source in check.sources() {
        writeln!(f, "  source: {source}, {}", source.link())?;
    }
    writeln!(f, "  expected: {}", failure.expected)?;
    writeln!(f, "  seen: {}", failure.seen)?;
    for exchange in &failure.exchanges {
        writeln!(f, "    {exchange}")?;
    }
    Ok(())
}
