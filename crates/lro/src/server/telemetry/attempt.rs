//! What is told of one attempt.

use std::sync::Arc;

use lro_store::{Timestamp, View};
use tokio::time::Instant;
use tracing::Span;

use super::{ended, metrics, spans};

/// One attempt, as those who operate the engine see it: its span, and what is counted of it.
#[derive(Debug)]
pub(in crate::server) struct Attempt {
    span: Span,
    method: Arc<str>,
    /// By the store's clock.
    began: Timestamp,
    begin: Instant,
    _running: metrics::Running,
}

/// How an attempt came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum AttemptEnd {
    /// With the end of its operation.
    Finished,
    /// The work is to be tried again.
    Retry,
    /// It has not begun.
    NotBegun,
    /// Its operation is another attempt's by now, or is done.
    Lost,
    /// Its work was dropped, and the operation handed back.
    Dropped,
    /// It does not stop.
    Stuck,
}

impl AttemptEnd {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Retry => "retry",
            Self::NotBegun => "not_begun",
            Self::Lost => "lost",
            Self::Dropped => "dropped",
            Self::Stuck => "stuck",
        }
    }
}

impl Attempt {
    /// The attempt that an operation of this state is in.
    pub(in crate::server) fn begin(view: &View) -> Self {
        let began = view.update_time();
        let queue = began.saturating_duration_since(view.create_time());
        if view.attempts() == 1 {
            metrics::queue_time(view.method(), queue);
        }
        Self {
            span: spans::attempt(view, queue),
            method: Arc::clone(view.method()),
            began,
            begin: Instant::now(),
            _running: metrics::running(view.method()),
        }
    }

    /// The span that everything of the attempt is in, its handler too.
    pub(in crate::server) fn span(&self) -> &Span {
        &self.span
    }

    /// When the attempt began, by the store's clock.
    pub(in crate::server) fn began(&self) -> Timestamp {
        self.began
    }

    /// Tells how the attempt came to its end.
    pub(in crate::server) fn over(&self, end: AttemptEnd) {
        metrics::attempt(&self.method, end.name(), self.begin.elapsed());
        if matches!(end, AttemptEnd::Retry | AttemptEnd::Dropped | AttemptEnd::Stuck | AttemptEnd::Lost) {
            spans::fail(&self.span, end.name());
        }
    }

    /// Tells of the operation, which this attempt has ended.
    pub(in crate::server) fn ended(&self, view: &View) {
        spans::finish(&self.span, view);
        ended(view, Some(self.began));
    }
}
