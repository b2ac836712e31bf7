//! What a run is doing, for those who measure it.

use std::fmt;
use std::sync::Arc;

/// What a thread of a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Decoding the request, options and yaml files.
    Read,
    /// Resolving names, and looking for problems.
    Resolve,
    /// Writing the layer for long-running operations, not laid out yet.
    Emit,
    /// Preparing messages and services for prost-build, which writes them; laid out by others, if they are services.
    Messages,
    /// Laying out code, and putting comments into it.
    Format,
    /// Putting files together, and encoding them.
    Write,
    /// Nothing: the thread waits for others, or is done.
    Wait,
}

/// Hears which stage the thread that calls it begins; the stage before ends there.
///
/// A run has no clock. Who wants to know what takes the time brings one.
#[derive(Clone)]
pub struct StageHook(Arc<dyn Fn(Stage) + Send + Sync>);

impl StageHook {
    /// A function that is called on any thread.
    pub fn new(hook: impl Fn(Stage) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    pub(crate) fn begin(&self, stage: Stage) {
        (self.0)(stage);
    }
}

impl fmt::Debug for StageHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StageHook").finish_non_exhaustive()
    }
}
