//! The report for machines.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Counts, Entry, LEVELS, Report};
use crate::level::Level;
use crate::outcome::{Outcome, seconds};

#[derive(Serialize)]
struct Check<'a> {
    id: &'a str,
    level: Level,
    title: &'a str,
    sources: Vec<Source>,
    #[serde(serialize_with = "seconds")]
    took: std::time::Duration,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

#[derive(Serialize)]
struct Source {
    name: String,
    link: String,
}

pub(super) fn write(report: &Report) -> Value {
    let summary: serde_json::Map<_, _> = LEVELS
        .into_iter()
        .map(|level| {
            let Counts { passed, failed, skipped, not_implemented } = Counts::of(report, level);
            let counts = json!({
                "passed": passed, "failed": failed, "skipped": skipped, "not_implemented": not_implemented,
            });
            (level.to_string(), counts)
        })
        .collect();
    json!({
        "address": report.address,
        "conformant": report.is_conformant(),
        "strictly_conformant": report.is_strictly_conformant(),
        "took": report.took.as_secs_f64(),
        "summary": summary,
        "checks": report.entries.iter().map(check).collect::<Vec<_>>(),
    })
}

fn check(entry: &Entry) -> Check<'_> {
    let sources = entry.check.sources().iter();
    Check {
        id: entry.check.id(),
        level: entry.check.level(),
        title: entry.check.title(),
        sources: sources.map(|source| Source { name: source.to_string(), link: source.link() }).collect(),
        took: entry.took,
        outcome: &entry.outcome,
    }
}
