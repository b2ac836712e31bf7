//! Processes, and the times in which they did not do what they should.

use super::{Micros, SECOND};

/// How long a process that was stopped for longer than its lease may take to find out. Its handlers may go on meanwhile; what
/// they write must not count, but nothing can keep them from doing something. It is also what a late timer may cost on a busy
/// machine.
const TO_FIND_OUT: Micros = 2 * SECOND;

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When it begins.
    pub from: Micros,
    /// When it ends.
    pub to: Micros,
}

impl Span {
    /// From then to then.
    pub fn new(from: Micros, to: Micros) -> Self {
        Self { from, to }
    }

    /// Whether both have a moment in common.
    pub fn meets(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// What both have in common.
    pub fn common(self, other: Self) -> Option<Self> {
        self.meets(other).then(|| Self::new(self.from.max(other.from), self.to.min(other.to)))
    }

    /// What is left without the other one: nothing, one stretch, or two.
    pub fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = Self::new(self.from, self.to.min(other.from));
        let after = Self::new(self.from.max(other.to), self.to);
        let both = if self.meets(other) { [before, after] } else { [self, Self::new(self.to, self.to)] };
        both.into_iter().filter(|span| span.from < span.to)
    }
}

/// What is known of one process.
#[derive(Debug, Default)]
pub struct Process {
    /// When it was killed or had ended.
    pub ended: Option<Micros>,
    /// The times in which it stood still, and has not had the time to find out what happened meanwhile.
    pub frozen: Vec<Span>,
    /// The times in which calls of it may fail or be late.
    pub troubles: Vec<Span>,
}

impl Process {
    /// It stood still.
    pub(super) fn freeze(&mut self, from: Micros, to: Micros) {
        let span = Span::new(from, to.saturating_add(TO_FIND_OUT));
        self.frozen.push(span);
        self.troubles.push(span);
    }
}
