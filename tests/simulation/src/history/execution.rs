//! Executions: what handlers did, in which process.

use lro::store::{OperationName, View};
use tokio::time::Instant;

use super::{Facts, History};

/// One attempt whose handler has begun.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(crate) process: usize,
    /// The number of the attempt, as the handler was told.
    pub(crate) counted: u32,
    pub(crate) ended: Option<Instant>,
    pub(crate) last_progress: Option<u64>,
    /// What the handler has returned.
    pub(crate) reached: Option<Reached>,
}

/// What a handler has returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reached {
    /// A response with this text.
    Response(String),
    /// An error of this code.
    Error(i32),
    /// An error after which the work is to be tried again.
    Retry(i32),
}

impl Execution {
    pub(crate) fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    pub(crate) fn end(&mut self) {
        self.ended = self.ended.or(Some(Instant::now()));
    }
}

impl History {
    /// A handler begins; which execution of the operation this is.
    pub(crate) fn begin_execution(
        &self,
        process: usize,
        name: &OperationName,
        counted: u32,
        checkpoint: Option<u64>,
        is_told_to_stop: bool,
    ) -> usize {
        let mut facts = self.facts();
        let label = facts.label(name);
        facts.log(|| format!("p{process} begins {label}, attempt {counted}, from checkpoint {checkpoint:?}"));
        facts.coverage.add("executions");
        facts.moved = Instant::now();
        if let Some(fault) = facts.fault_of_beginning(process, name, counted, checkpoint, is_told_to_stop) {
            facts.fault(format_args!("{label} begins on p{process} in attempt {counted}, {fault}"));
        }
        let Some(known) = facts.operations.get_mut(name) else { return 0 };
        let execution = Execution { process, counted, ended: None, last_progress: None, reached: None };
        known.executions.push(execution);
        let (count, resumed) = (known.executions.len(), checkpoint.is_some());
        if count > 1 {
            facts.coverage.add("attempts after the first");
        }
        if resumed {
            facts.coverage.add("attempts from a checkpoint");
        }
        count - 1
    }

    /// Changes what is known of an execution, unless its process is dead.
    pub(crate) fn edit_execution(
        &self,
        name: &OperationName,
        at: usize,
        change: impl FnOnce(&mut Execution),
    ) {
        let mut facts = self.facts();
        facts.moved = Instant::now();
        let execution = facts.operations.get_mut(name).and_then(|known| known.executions.get_mut(at));
        if let Some(execution) = execution.filter(|execution| execution.is_open()) {
            change(execution);
        }
    }
}

impl Facts {
    /// Why this execution must not begin.
    fn fault_of_beginning(
        &self,
        process: usize,
        name: &OperationName,
        counted: u32,
        checkpoint: Option<u64>,
        is_told_to_stop: bool,
    ) -> Option<String> {
        let Some(known) = self.operations.get(name) else { return Some("but is not stored".into()) };
        // At the very moment of the drain, or of the hint, work may be about to begin.
        if self.processes[process].draining_since.is_some_and(|time| time < Instant::now()) {
            return Some("although that process drains".into());
        }
        let is_it = |claim: &&super::Claim| claim.process == process && claim.counted == counted;
        let Some(claim) = known.claims.iter().rev().find(is_it) else {
            return Some("which nobody gave it".into());
        };
        if claim.is_hinted_to_stop && !is_told_to_stop {
            return Some("and is not told that it is to stop, which the process knows".into());
        }
        if claim.end.is_none() && known.checkpoint != checkpoint {
            return Some(format!("from checkpoint {checkpoint:?} and not {:?}", known.checkpoint));
        }
        if known.executions.iter().any(|execution| execution.counted == counted) {
            return Some("for the second time".into());
        }
        let view = known.view.as_ref()?;
        if known.executions.len() >= view.max_attempts() as usize {
            return Some(format!("although it may begin {} times only", view.max_attempts()));
        }
        let other = self.overlapping(name, view)?;
        Some(format!("beside {other}"))
    }

    /// The work that still goes on in a living process and that this operation must not run beside.
    ///
    /// A process stops such work before its lease could be over, as its own clock has it. When the store's clock goes
    /// forward by a step, leases end sooner than that. Then nothing is promised until the next lease begins.
    fn overlapping(&self, name: &OperationName, view: &View) -> Option<String> {
        if self.stepped_forward.is_some_and(|time| time.elapsed() <= self.lease) {
            return None;
        }
        for (other, known) in &self.operations {
            let Some(other_view) = &known.view else { continue };
            let same_key = view.exclusive().is_some() && view.exclusive() == other_view.exclusive();
            if !(same_key || (self.strict && other == name)) {
                continue;
            }
            if let Some(open) = known.executions.iter().find(|execution| execution.is_open()) {
                return Some(format!("attempt {} of #{} on p{}", open.counted, known.number, open.process));
            }
        }
        None
    }
}
