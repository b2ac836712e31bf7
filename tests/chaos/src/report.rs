//! What a run has come to.

use std::collections::BTreeMap;
use std::fmt;

use crate::check::{Compared, Violation, check, compared, lateness};
use crate::event::{Answer, Entry, Event, Outcome, Reached, Request};
use crate::history::History;

/// What a run has come to.
#[derive(Debug)]
pub struct Report {
    /// What must not have happened; empty if all was well.
    pub violations: Vec<Violation>,
    counts: BTreeMap<String, u64>,
    lateness: Option<(usize, u64)>,
    compared: Compared,
}

impl Report {
    /// Counts and checks events.
    pub fn new(entries: Vec<Entry>) -> Self {
        let mut report = Self {
            violations: Vec::new(),
            counts: BTreeMap::new(),
            lateness: None,
            compared: Compared::default(),
        };
        for entry in &entries {
            report.count_event(&entry.event);
        }
        let history = History::new(entries);
        for operation in history.operations.values() {
            if operation.acknowledged.is_some() {
                report.count("operations that clients were told of");
            } else {
                report.count("operations that no client was told of");
            }
            for attempt in &operation.attempts {
                if operation.overtaken(attempt.number, attempt.span.to).is_some() {
                    report.count("attempts that others took over while their handlers went on");
                }
            }
            if let Some((.., seen)) = operation.end() {
                report.count(match &seen.outcome {
                    None => continue,
                    Some(Outcome::Response(_)) => "outcomes: a response".to_owned(),
                    Some(Outcome::Error { code, message }) => {
                        format!("outcomes: code {code}{}", reason(message))
                    }
                });
            }
        }
        report.lateness = lateness(&history);
        report.compared = compared(&history);
        report.violations = check(&history);
        report
    }

    fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    fn count_event(&mut self, event: &Event) {
        match event {
            Event::Spawn { .. } => self.count("processes: started"),
            Event::Kill { .. } => self.count("processes: killed"),
            Event::Pause { .. } => self.count("processes: stopped for a while"),
            Event::Drain { .. } => self.count("processes: drained"),
            Event::Stall { .. } => self.count("processes: late by themselves, or after having been stopped"),
            Event::StoreDown { how, .. } => self.count(format!("store: {how}")),
            Event::ClockStep { micros, .. } => {
                self.count(if *micros < 0 {
                    "store: its clock goes back"
                } else {
                    "store: its clock goes forward"
                });
            }
            Event::Begin { attempt, checkpoint, .. } => {
                self.count("attempts");
                if attempt.number > 1 {
                    self.count("attempts after the first");
                }
                if checkpoint.is_some() {
                    self.count("attempts from a checkpoint");
                }
            }
            Event::Checkpointed { .. } => self.count("checkpoints"),
            Event::Reach { reached, .. } => self.count(match reached {
                Reached::Response(_) => "handlers: succeeded",
                Reached::Error(_) => "handlers: failed",
                Reached::Retry(_) => "handlers: asked to be tried again",
                Reached::Panic => "handlers: panicked",
                Reached::Stopped => "handlers: stopped as they were asked to",
                Reached::Lost => "handlers: told that others have taken over",
            }),
            Event::Drop { .. } => self.count("handlers: dropped"),
            Event::Call { request, .. } => self.count(format!("calls: {}", kind(request))),
            Event::Answer { answer, .. } => match answer {
                Answer::Error { code, .. } => self.count(format!("answers: code {code}")),
                Answer::Lost { .. } => self.count("answers: lost"),
                Answer::GivenUp => self.count("answers: not waited for"),
                Answer::Completion { applied: true } => self.count("answers: completions that counted"),
                Answer::Completion { applied: false } => {
                    self.count("answers: completions that came too late");
                }
                _ => self.count("answers: fine"),
            },
            _ => {}
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.counts {
            writeln!(f, "{count:>9} {what}")?;
        }
        let Compared { pairs, in_turn, at_a_time } = self.compared;
        writeln!(
            f,
            "{pairs:>9} pairs of attempts that exclude each other were compared; {in_turn} times the next one began within a second, \
             {at_a_time} times two went on at a time (each is excused, or a violation)"
        )?;
        if let Some((count, median)) = self.lateness {
            let millis = median / 1_000;
            writeln!(
                f,
                "{count:>9} waits for other processes while all was well, the median {millis} ms after the end"
            )?;
        }
        for violation in &self.violations {
            writeln!(f, "violation: {violation}")?;
        }
        Ok(())
    }
}

fn kind(request: &Request) -> &'static str {
    match request {
        Request::Start { .. } => "start",
        Request::Get { .. } => "get",
        Request::Wait { .. } => "wait",
        Request::Cancel { .. } => "cancel",
        Request::Delete { .. } => "delete",
        Request::Complete { .. } => "complete",
        Request::List => "list",
    }
}

/// Why an operation was aborted.
fn reason(message: &str) -> &'static str {
    match message {
        message if message.contains("pre-empted") => ", pre-empted",
        message if message.contains("interrupted") => ", interrupted too often",
        _ => "",
    }
}
