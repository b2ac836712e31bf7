//! Operations, their attempts, and calls.

use std::collections::BTreeSet;

use super::{Micros, Span};
use crate::event::{Answer, Plan, Reached, Request, Seen};

/// What is known of one operation.
#[derive(Debug, Default)]
pub struct Operation {
    /// The ids of the requests that have started it, as clients and handlers were told. There is to be one.
    pub requests: BTreeSet<String>,
    /// What kind of operation it is, if anything is known of its request.
    pub plan: Plan,
    /// When a client was first told of it.
    pub acknowledged: Option<Micros>,
    /// By number, then by when they began.
    pub attempts: Vec<Attempt>,
    /// What clients have seen of it: when they asked, when they were answered, and what.
    pub sights: Vec<(Micros, Micros, Seen)>,
    /// When somebody asked for the work to stop, and was answered, if so, that it is asked.
    pub cancels: Vec<(Micros, Option<Micros>)>,
    /// When somebody asked for it to be forgotten, and was answered, if so, that it is.
    pub deletes: Vec<(Micros, Option<Micros>)>,
}

impl Operation {
    /// The first sight of its end: when it was asked for, when it was answered, and what it was.
    pub fn end(&self) -> Option<&(Micros, Micros, Seen)> {
        self.sights
            .iter()
            .filter(|(.., seen)| seen.outcome.is_some())
            .min_by_key(|(_, answered, _)| *answered)
    }

    /// Whether somebody had asked for it to be deleted by then.
    pub fn may_be_deleted(&self, by: Micros) -> bool {
        self.deletes.iter().any(|(called, _)| *called <= by)
    }

    /// The first attempt after this one that had begun by then: from there on, this one can write nothing.
    pub fn overtaken(&self, number: u32, by: Micros) -> Option<&Attempt> {
        self.attempts.iter().find(|other| other.number > number && other.span.from < by)
    }
}

/// One attempt whose handler has begun.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// Where it ran.
    pub process: u32,
    /// When the handler began, and when it was about to return, was dropped, or died.
    pub span: Span,
    /// How many attempts there may be, as the handler was told.
    pub max_attempts: u32,
    /// The checkpoint that it began from.
    pub checkpoint: Option<u64>,
    /// The checkpoints that it asked to be stored, and when.
    pub asked: Vec<(Micros, u64)>,
    /// The checkpoints that it was told are stored, and when.
    pub stored: Vec<(Micros, u64)>,
    /// What it was about to return.
    pub reached: Option<Reached>,
    /// Whether it was dropped before it returned.
    pub is_dropped: bool,
}

/// A call of a client.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which process it asked.
    pub process: u32,
    /// What it asked.
    pub request: Request,
    /// When.
    pub called: Micros,
    /// When and how it ended.
    pub answer: Option<(Micros, Answer)>,
}
