//! What an engine has to do.

use std::sync::Arc;

use crate::server::shared::Shared;
use crate::server::state::run::Run;

/// What an engine has to do at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// How many operations run in this process.
    pub running: usize,
    /// How many of them were deleted meanwhile: their work goes on, and its result will be dropped.
    pub deleted: usize,
    /// How many may run at a time.
    pub concurrency: usize,
    /// How many operations that this process has accepted wait for a slot or for their exclusive key, as far as it
    /// knows.
    pub queued: usize,
    /// How many calls and streams wait for operations in this process.
    pub waiting: usize,
    /// The methods that are registered, by path.
    pub methods: Vec<MethodStats>,
}

/// What an engine has to do for one method.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodStats {
    /// The path of the RPC.
    pub method: Arc<str>,
    /// How many of its operations run in this process.
    pub running: usize,
    /// How many of them may run at a time; `None` if only the total limits them.
    pub concurrency: Option<usize>,
}

pub(super) fn stats(shared: &Shared) -> Stats {
    let runs = shared.runs.all();
    let of = |method: Arc<str>| MethodStats {
        running: runs.iter().filter(|run| run.method == method).count(),
        concurrency: shared.slots.limit(&method),
        method,
    };
    Stats {
        running: runs.len(),
        deleted: runs.iter().map(Arc::as_ref).filter(|run| Run::is_forgotten(run)).count(),
        concurrency: shared.slots.total(),
        queued: shared.queue.len(),
        waiting: shared.waiters.len(),
        methods: shared.handlers.paths().into_iter().map(of).collect(),
    }
}
