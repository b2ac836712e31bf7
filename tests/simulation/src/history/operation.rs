//! One operation, as far as its history is known.

use std::collections::BTreeSet;

use lro::store::{OperationName, View};

use super::{Claim, Execution, History};

/// One operation, as far as its history is known.
#[derive(Debug)]
pub(crate) struct Operation {
    /// What the log calls it by.
    pub(crate) number: usize,
    /// As it now is in the store; `None` once it is gone.
    pub(crate) view: Option<View>,
    /// A client has deleted it.
    pub(crate) is_deleted: bool,
    /// A client was told that it exists.
    pub(crate) is_acknowledged: bool,
    pub(crate) claims: Vec<Claim>,
    pub(crate) executions: Vec<Execution>,
    /// The checkpoint that the store has.
    pub(crate) checkpoint: Option<u64>,
    /// All that it ever had.
    pub(crate) checkpoints: BTreeSet<u64>,
}

impl Operation {
    pub(crate) fn new(number: usize) -> Self {
        Self {
            number,
            view: None,
            is_deleted: false,
            is_acknowledged: false,
            claims: Vec::new(),
            executions: Vec::new(),
            checkpoint: None,
            checkpoints: BTreeSet::new(),
        }
    }

    /// The claim that it is running under.
    pub(crate) fn open_claim(&mut self) -> Option<&mut Claim> {
        self.claims.last_mut().filter(|claim| claim.end.is_none())
    }
}

impl History {
    /// A client was told of an operation that its request has started, now or before.
    pub(crate) fn acknowledge(&self, name: &OperationName, request_id: &str) {
        let mut facts = self.facts();
        let label = facts.label(name);
        facts.log(|| format!("the client is told of {label}"));
        if !facts.operations.contains_key(name) {
            return facts.fault(format_args!("{name} was acknowledged and is not stored"));
        }
        if !request_id.is_empty() {
            let first =
                facts.requests.insert(request_id.to_owned(), name.clone()).filter(|first| first != name);
            // The id of an operation that is gone starts another one.
            if let Some(first) = first.filter(|first| facts.is_there(first) && facts.is_there(name)) {
                let first = facts.label(&first);
                facts.fault(format_args!("two operations of one request: {first} and {label}"));
            }
        }
        if let Some(known) = facts.operations.get_mut(name) {
            known.is_acknowledged = true;
        }
    }

    /// A process was given the hint that the work of an operation is asked to stop.
    pub(crate) fn hint_to_stop(&self, process: usize, name: &OperationName) {
        let mut facts = self.facts();
        let claim = facts.operations.get_mut(name).and_then(Operation::open_claim);
        if let Some(claim) = claim.filter(|claim| claim.process == process) {
            claim.is_hinted_to_stop = true;
            let label = facts.label(name);
            facts.log(|| format!("p{process} is given the hint that {label} is to stop"));
        }
    }

    /// The store has taken a checkpoint.
    pub(crate) fn store_checkpoint(&self, name: &OperationName, number: u64) {
        let mut facts = self.facts();
        if let Some(known) = facts.operations.get_mut(name) {
            known.checkpoint = Some(number);
            known.checkpoints.insert(number);
        }
    }
}
