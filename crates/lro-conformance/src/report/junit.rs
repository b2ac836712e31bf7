//! The report as JUnit's XML.

use std::fmt::Write as _;

use super::{Entry, Report};
use crate::level::Level;
use crate::outcome::{Failure, Outcome};

pub(super) fn write(report: &Report, strict: bool) -> String {
    let counts = |entry: &Entry| {
        entry.check.level() == Level::Must || (strict && entry.check.level() == Level::Should)
    };
    let mut cases = String::new();
    let (mut failures, mut skipped) = (0, 0);
    for entry in &report.entries {
        let check = entry.check;
        let took = entry.took.as_secs_f64();
        let group = format!("lro-conformance.{}", check.group());
        let _ = write!(
            cases,
            "    <testcase classname=\"{}\" name=\"{} {}\" time=\"{took:.3}\"",
            escape(&group),
            check.level(),
            escape(check.id())
        );
        let child = match &entry.outcome {
            Outcome::Passed => None,
            Outcome::Failed(failure) if counts(entry) => {
                failures += 1;
                Some(format!(
                    "<failure message=\"{}\">{}</failure>",
                    escape(&failure.seen),
                    escape(&text(entry, failure))
                ))
            }
            Outcome::Failed(failure) => Some(format!("does not count, but: {}", text(entry, failure))),
            Outcome::Skipped { why } => Some(why.clone()),
            Outcome::NotImplemented { what } => Some(what.clone()),
        };
        match child {
            None => cases.push_str("/>\n"),
            Some(failure) if failure.starts_with("<failure") => {
                let _ = writeln!(cases, ">{failure}</testcase>");
            }
            Some(why) => {
                skipped += 1;
                let _ = writeln!(cases, "><skipped message=\"{}\"/></testcase>", escape(&why));
            }
        }
    }
    let tests = report.entries.len();
    let took = report.took.as_secs_f64();
    let counts =
        format!("tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\" time=\"{took:.3}\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  \
         <testsuite name=\"google.longrunning at {}\" {counts}>\n{cases}  </testsuite>\n</testsuites>\n",
        escape(&report.address)
    )
}

fn text(entry: &Entry, failure: &Failure) -> String {
    let mut text = format!("{}\nexpected: {}\nseen: {}", entry.check.title(), failure.expected, failure.seen);
    for exchange in &failure.exchanges {
        let _ = write!(text, "\n{exchange}");
    }
    text
}

/// Text in XML, without the characters that XML cannot have.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            char if (char < ' ' && char != '\t') || matches!(char, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}');
            }
            char => escaped.push(char),
        }
    }
    escaped
}
