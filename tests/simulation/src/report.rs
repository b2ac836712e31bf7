//! What schedules have covered and found.

use std::collections::BTreeMap;
use std::fmt;

/// How often what happened.
#[derive(Debug, Default, Clone)]
pub struct Coverage(BTreeMap<&'static str, u64>);

impl Coverage {
    /// Counts something once.
    pub(crate) fn add(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Adds what another schedule has covered.
    pub fn merge(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// How often something happened.
    pub fn count(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.0 {
            writeln!(f, "{count:>12} {what}")?;
        }
        Ok(())
    }
}

/// What one schedule has come to.
#[derive(Debug)]
pub struct Report {
    /// What leads to the very same schedule.
    pub seed: u64,
    /// What happened, counted.
    pub coverage: Coverage,
    /// What must not have happened; empty if all was well.
    pub faults: Vec<String>,
    /// What happened, in order, if it was to be kept.
    pub log: Vec<String>,
}
