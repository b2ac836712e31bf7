//! What a run has shown.

mod json;
mod junit;
mod table;

use std::fmt;
use std::time::Duration;

use crate::check::Check;
use crate::level::Level;
use crate::outcome::Outcome;

/// What a run has shown. Its [`Display`](fmt::Display) is a table for people.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The server's address.
    pub address: String,
    /// What became of each check, in the order in which they ran.
    pub entries: Vec<Entry>,
    /// How long the run took.
    pub took: Duration,
}

/// What became of one check.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// The check.
    pub check: &'static Check,
    /// What became of it.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

impl Entry {
    pub(crate) fn new(check: &'static Check, outcome: Outcome, took: Duration) -> Self {
        Self { check, outcome, took }
    }

    /// Whether it has failed.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }
}

impl Report {
    pub(crate) fn new(address: String, entries: Vec<Entry>, took: Duration) -> Self {
        Self { address, entries, took }
    }

    /// Whether no MUST has failed. Nothing is said of what was skipped.
    pub fn is_conformant(&self) -> bool {
        self.failures(Level::Must).next().is_none()
    }

    /// Whether neither a MUST nor a SHOULD has failed.
    pub fn is_strictly_conformant(&self) -> bool {
        self.is_conformant() && self.failures(Level::Should).next().is_none()
    }

    /// The checks of a level that have failed.
    pub fn failures(&self, level: Level) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.check.level() == level && entry.has_failed())
    }

    /// The report as one JSON object, for machines.
    pub fn to_json(&self) -> serde_json::Value {
        json::write(self)
    }

    /// The report as JUnit's XML, which continuous integration reads. A SHOULD that fails is a failure there only if
    /// `strict`; what does not count is among the skipped, with what was seen.
    pub fn to_junit(&self, strict: bool) -> String {
        junit::write(self, strict)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        table::write(self, f)
    }
}

/// How many checks of a level there are by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
    not_implemented: usize,
}

impl Counts {
    fn of(report: &Report, level: Level) -> Self {
        let mut counts = Self::default();
        for entry in report.entries.iter().filter(|entry| entry.check.level() == level) {
            *match entry.outcome {
                Outcome::Passed => &mut counts.passed,
                Outcome::Failed(_) => &mut counts.failed,
                Outcome::Skipped { .. } => &mut counts.skipped,
                Outcome::NotImplemented { .. } => &mut counts.not_implemented,
            } += 1;
        }
        counts
    }
}

const LEVELS: [Level; 3] = [Level::Must, Level::Should, Level::May];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Exchange, Failure};
    use crate::suite::Suite;

    fn check(id: &str) -> &'static Check {
        Suite::checks().find(|check| check.id() == id).unwrap()
    }

    fn report(failed: &str) -> Report {
        let exchange = Exchange {
            call: "GetOperation".to_owned(),
            sent: "{ name: \"<a>\" }".to_owned(),
            came: "Internal: \"\u{1}\"".to_owned(),
            took: Duration::from_millis(1_500),
        };
        let failure = Failure {
            expected: "NOT_FOUND".to_owned(),
            seen: "INTERNAL & more".to_owned(),
            exchanges: vec![exchange],
        };
        let entries = [
            ("start/named", Outcome::Passed),
            (failed, Outcome::Failed(failure)),
            ("wait/done", Outcome::NotImplemented { what: "no WaitOperation".to_owned() }),
            ("restart/cancel", Outcome::Skipped { why: "give --restart".to_owned() }),
        ];
        let entries = entries.map(|(id, outcome)| Entry::new(check(id), outcome, Duration::from_secs(1)));
        Report::new("http://host".to_owned(), entries.into(), Duration::from_secs(4))
    }

    #[test]
    fn a_must_and_a_should_that_fail_count_differently() {
        let must = report("get/unknown");
        assert!(!must.is_conformant() && !must.is_strictly_conformant());
        let should = report("get/malformed-name");
        assert!(should.is_conformant() && !should.is_strictly_conformant());
        let may = report("list/newest-first");
        assert!(may.is_conformant() && may.is_strictly_conformant());
    }

    #[test]
    fn the_table_says_what_was_sent_what_came_and_what_was_expected() {
        let table = report("get/unknown").to_string();
        for part in
            ["get/unknown", "expected: NOT_FOUND", "seen: INTERNAL", "GetOperation { name:", "give --restart"]
        {
            assert!(table.contains(part), "{part} in\n{table}");
        }
        assert!(table.contains("MUST    1 passed, 1 failed, 1 skipped, 1 not implemented"), "{table}");
    }

    #[test]
    fn junit_is_xml_and_counts_only_what_counts() {
        let xml = report("get/unknown").to_junit(false);
        assert!(xml.contains(r#"tests="4" failures="1" skipped="2""#), "{xml}");
        assert!(xml.contains("INTERNAL &amp; more") && xml.contains("&lt;a&gt;"), "{xml}");
        assert!(!xml.contains('\u{1}'), "a character that XML does not have");
        let should = report("get/malformed-name");
        assert!(should.to_junit(false).contains(r#"failures="0" skipped="3""#));
        assert!(should.to_junit(true).contains(r#"failures="1" skipped="2""#));
    }

    #[test]
    fn json_has_every_check_with_level_sources_and_outcome() {
        let json = report("get/unknown").to_json();
        assert_eq!(json["conformant"], false);
        let check = &json["checks"][1];
        assert_eq!(check["id"], "get/unknown");
        assert_eq!(check["level"], "MUST");
        assert_eq!(check["outcome"], "failed");
        assert_eq!(check["exchanges"][0]["took"], 1.5);
        assert_eq!(check["sources"][0]["link"], "https://google.aip.dev/131");
        assert_eq!(json["summary"]["MUST"]["not_implemented"], 1);
    }
}
