//! A run as the checker looks at it: the same events, sorted by what they are about.

mod build;
mod operation;
mod process;

use std::collections::BTreeMap;

pub use self::operation::{Attempt, Call, Operation};
pub use self::process::{Process, Span};
use crate::event::{Answer, Entry, Request};

/// A point in time or a duration, in microseconds.
pub type Micros = u64;

/// Microseconds in a second.
pub const SECOND: Micros = 1_000_000;

/// All that is known of a run.
#[derive(Debug, Default)]
pub struct History {
    /// Whether no two attempts of any operation may overlap.
    pub strict: bool,
    /// How often a process looks for what no hint has told.
    pub poll: Micros,
    /// By name.
    pub operations: BTreeMap<String, Operation>,
    /// By number.
    pub processes: BTreeMap<u32, Process>,
    /// In the order in which they were made.
    pub calls: Vec<Call>,
    /// When the store was away, or may have been, or its clock did not go as it should.
    pub outages: Vec<Span>,
    /// When the server of the store was gone with what it did not have to keep.
    pub crashes: Vec<Micros>,
    /// When a lease may have been over before its time, because the store's clock went forward.
    pub early_leases: Vec<Span>,
    /// When the last looks began.
    pub audit: Option<Micros>,
    /// When the last event was.
    pub end: Micros,
    /// What cannot be: events about what there never was.
    pub faults: Vec<String>,
}

impl History {
    /// Sorts the events of a run, which may come in any order.
    pub fn new(entries: Vec<Entry>) -> Self {
        build::build(entries)
    }

    /// The operations of clients that were told of them, and that nobody has asked to delete.
    pub fn kept(&self) -> impl Iterator<Item = (&String, &Operation)> {
        self.operations
            .iter()
            .filter(|(_, operation)| operation.acknowledged.is_some() && operation.deletes.is_empty())
    }

    /// The calls that were answered: each with when and how.
    pub fn answers(&self) -> impl Iterator<Item = (&Call, Micros, &Answer)> {
        self.calls.iter().filter_map(|call| call.answer.as_ref().map(|(at, answer)| (call, *at, answer)))
    }

    /// Whether, in that time, anything went on that can keep a process from answering.
    pub fn is_troubled(&self, process: u32, span: Span) -> bool {
        let process = self.processes.get(&process);
        let outages = self.outages.iter().chain(process.into_iter().flat_map(|process| &process.troubles));
        outages.into_iter().any(|trouble| trouble.meets(span))
    }
}

impl Request {
    /// The operation that it is about, if that is known beforehand.
    pub fn operation(&self) -> Option<&str> {
        match self {
            Self::Get { operation }
            | Self::Wait { operation, .. }
            | Self::Cancel { operation }
            | Self::Delete { operation }
            | Self::Complete { operation, .. } => Some(operation),
            Self::Start { .. } | Self::List => None,
        }
    }
}
