//! What was found, for people.

use std::collections::BTreeMap;
use std::fmt;

use crate::check::Check;
use crate::client::Client;
use crate::program::Outcome;

/// Clients and checks.
#[derive(Debug)]
pub(crate) struct Table {
    title: String,
    rows: BTreeMap<Client, BTreeMap<Check, Outcome>>,
}

impl Table {
    pub(crate) fn new(title: String, rows: BTreeMap<Client, BTreeMap<Check, Outcome>>) -> Self {
        Self { title, rows }
    }

    /// Whether nothing failed.
    pub(crate) fn is_well(&self) -> bool {
        self.rows.values().flat_map(BTreeMap::values).all(|outcome| matches!(outcome, Outcome::Passed))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        write!(f, "{:<14}", "")?;
        for check in Check::ALL {
            write!(f, "{check:>9}")?;
        }
        writeln!(f)?;
        for (client, outcomes) in &self.rows {
            write!(f, "  {client:<12}")?;
            for check in Check::ALL {
                let cell = match outcomes.get(&check) {
                    Some(Outcome::Passed) => "ok",
                    Some(Outcome::Failed(_)) => "FAILED",
                    Some(Outcome::Silent(_)) => "SILENT",
                    None => "-",
                };
                write!(f, "{cell:>9}")?;
            }
            writeln!(f)?;
        }
        for (client, outcomes) in &self.rows {
            for (check, outcome) in outcomes {
                if let Outcome::Failed(why) | Outcome::Silent(why) = outcome {
                    writeln!(f, "  {client}, {check}: {why}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(outcome: Outcome) -> Table {
        let rows = [(Client::Go, [(Check::Start, Outcome::Passed), (Check::Wait, outcome)].into())].into();
        Table::new("on a store".to_owned(), rows)
    }

    #[test]
    fn a_table_without_failures_is_well() {
        assert!(table(Outcome::Passed).is_well());
    }

    #[test]
    fn what_failed_or_was_not_tried_is_not_well_and_says_why() {
        for outcome in [Outcome::Failed, Outcome::Silent] {
            let table = table(outcome("it was late".to_owned()));
            assert!(!table.is_well());
            assert!(table.to_string().contains("go, wait: it was late"), "{table}");
        }
    }
}
