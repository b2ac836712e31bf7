//! Processes: how they stand.

use lro::store::WorkerId;
use tokio::time::Instant;

use super::{Facts, History};

/// What is known of a process.
#[derive(Debug, Default)]
pub(crate) struct Process {
    /// It was killed or has ended: nothing that it does counts any more.
    pub(crate) is_dead: bool,
    /// When it was asked to drain.
    pub(crate) draining_since: Option<Instant>,
    /// It lost a hint.
    pub(crate) lost_hints: bool,
    /// The ids that it gave itself.
    pub(crate) workers: Vec<WorkerId>,
}

impl History {
    /// A new process; its number.
    pub(crate) fn begin_process(&self) -> usize {
        let mut facts = self.facts();
        facts.processes.push(Process::default());
        let process = facts.processes.len() - 1;
        facts.log(|| format!("p{process} begins"));
        process
    }

    /// Ends a process at this very moment, with all that it runs.
    pub(crate) fn end_process(&self, process: usize, how: &'static str) {
        let mut facts = self.facts();
        if facts.processes[process].is_dead {
            return;
        }
        facts.processes[process].is_dead = true;
        facts.coverage.add(how);
        facts.log(|| format!("p{process}: {how}"));
        let open = facts.operations.values_mut().flat_map(|known| &mut known.executions);
        open.filter(|execution| execution.process == process && execution.is_open())
            .for_each(super::Execution::end);
    }

    pub(crate) fn is_dead(&self, process: usize) -> bool {
        self.facts().processes[process].is_dead
    }

    /// Notes that a process was asked to drain.
    pub(crate) fn drain_process(&self, process: usize) {
        let mut facts = self.facts();
        facts.processes[process].draining_since = Some(Instant::now());
        facts.coverage.add("drains");
        facts.log(|| format!("p{process} drains"));
    }

    /// Notes under which id a process gives signs of life.
    pub(crate) fn know_worker(&self, process: usize, worker: &WorkerId) {
        let mut facts = self.facts();
        let known = &mut facts.processes[process].workers;
        if !known.contains(worker) {
            known.push(worker.clone());
            if known.len() > 1 {
                facts.coverage.add("workers declared gone that live");
                facts.log(|| format!("p{process} takes a new id"));
            }
        }
    }
}

impl Facts {
    /// The operations that processes have which are dead.
    pub(crate) fn held_by_the_dead(&self) -> Vec<String> {
        let is_dead = |worker: &WorkerId| {
            self.processes.iter().any(|process| process.is_dead && process.workers.contains(worker))
        };
        let held = |known: &&super::Operation| match known.view.as_ref().and_then(lro::store::View::holder) {
            Some(lro::store::Holder::Worker(worker)) => is_dead(worker),
            _ => false,
        };
        self.operations.values().filter(held).map(|known| format!("#{}", known.number)).collect()
    }
}
