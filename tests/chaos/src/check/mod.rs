//! What must hold of every run: a pure function from a history to what is wrong with it.

mod answers;
mod attempts;
mod cancels;
mod checkpoints;
mod exclusive;
mod hints;
mod lost;
mod outcomes;
mod requests;
mod results;
mod stale;
mod taken;
mod waits;

use std::fmt;

pub use self::exclusive::{Compared, compared};
pub use self::hints::lateness;
use crate::history::History;

/// Something that must not have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule that it breaks.
    pub rule: Rule,
    /// What happened.
    pub what: String,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The history itself makes sense.
    Sound,
    /// Calls are answered with what they may be answered with.
    Answers,
    /// No operation begins more often than it may, nor twice in one attempt.
    Attempts,
    /// What was cancelled begins no more, and ends.
    Cancels,
    /// The next attempt goes on from what was acknowledged.
    Checkpoints,
    /// Work that excludes other work does not overlap with it.
    Exclusive,
    /// Who waits is told when other processes end what is waited for.
    Hints,
    /// An operation that a client was told of is there, and comes to its end.
    Lost,
    /// There is one outcome, and it never changes.
    Outcomes,
    /// The repeats of a request start one operation.
    Requests,
    /// The outcome is what an attempt of the operation has reached, or what somebody has asked for.
    Results,
    /// An attempt that others have taken over writes nothing.
    Stale,
    /// A process that is well keeps what it runs, and what that reaches is the outcome.
    Taken,
    /// Who waits is answered.
    Waits,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.what)
    }
}

/// All that is wrong with a history; nothing if all is well.
pub fn check(history: &History) -> Vec<Violation> {
    let mut found = Findings::default();
    for fault in &history.faults {
        found.add(Rule::Sound, fault);
    }
    answers::check(history, &mut found);
    attempts::check(history, &mut found);
    cancels::check(history, &mut found);
    checkpoints::check(history, &mut found);
    exclusive::check(history, &mut found);
    hints::check(history, &mut found);
    lost::check(history, &mut found);
    outcomes::check(history, &mut found);
    requests::check(history, &mut found);
    results::check(history, &mut found);
    stale::check(history, &mut found);
    taken::check(history, &mut found);
    waits::check(history, &mut found);
    found.0
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, rule: Rule, what: impl fmt::Display) {
        self.0.push(Violation { rule, what: what.to_string() });
    }
}

/// A time as the log of a run has it.
fn at(micros: u64) -> impl fmt::Display {
    struct Seconds(u64);
    impl fmt::Display for Seconds {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}.{:06} s", self.0 / 1_000_000, self.0 % 1_000_000)
        }
    }
    Seconds(micros)
}
