//! Handlers that keep their thread: code that waits or computes for long between two points where it could be left.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// How long one step of a handler may take before it counts as one that blocks.
const PATIENCE: Duration = Duration::from_millis(500);

/// The steps of the work of one attempt, from one `await` that waits to the next.
///
/// A step costs two looks at the clock and two writes of a number. It is the real clock also where a test has paused
/// time, because a thread that is blocked is so in real time.
#[derive(Debug)]
pub(in crate::server) struct Polls {
    patience: Duration,
    epoch: Instant,
    /// When the present step began, in microseconds after the epoch and one; 0 between steps.
    since: AtomicU64,
    is_told: AtomicBool,
}

impl Polls {
    fn new(patience: Duration) -> Self {
        Self { patience, epoch: Instant::now(), since: AtomicU64::new(0), is_told: AtomicBool::new(false) }
    }

    /// How long the work has been in its present step, if that is longer than it should be, and has not been told
    /// before. For whoever looks from another thread.
    pub(in crate::server) fn take_blocked(&self) -> Option<Duration> {
        let since = self.since.load(Ordering::Relaxed);
        let began = Duration::from_micros(since.checked_sub(1)?);
        self.take(self.epoch.elapsed().saturating_sub(began))
    }

    fn begin(&self) -> Instant {
        let now = Instant::now();
        let micros = now.saturating_duration_since(self.epoch).as_micros();
        self.since.store(u64::try_from(micros).unwrap_or(u64::MAX - 1) + 1, Ordering::Relaxed);
        now
    }

    fn end(&self, began: Instant) -> Option<Duration> {
        self.since.store(0, Ordering::Relaxed);
        self.take(began.elapsed())
    }

    fn take(&self, time: Duration) -> Option<Duration> {
        let is_news = time >= self.patience && !self.is_told.swap(true, Ordering::Relaxed);
        is_news.then_some(time)
    }
}

impl Default for Polls {
    fn default() -> Self {
        Self::new(PATIENCE)
    }
}

/// Work whose steps are timed.
pub(in crate::server) struct Watched<F> {
    work: F,
    polls: Arc<Polls>,
}

impl<F> Watched<F> {
    pub(in crate::server) fn new(work: F, polls: Arc<Polls>) -> Self {
        Self { work, polls }
    }
}

impl<F: Future + Unpin> Future for Watched<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { work, polls } = self.get_mut();
        let began = polls.begin();
        let polled = Pin::new(work).poll(context);
        if let Some(blocked) = polls.end(began) {
            tracing::warn!(
                ?blocked,
                "the handler has blocked its thread, which keeps everything else on it from going on; \
                 use `tokio::task::spawn_blocking` for what waits or computes for long"
            );
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn a_long_step_is_told_once_and_a_short_one_never() {
        let (none, all) = (Arc::new(Polls::new(Duration::MAX)), Arc::new(Polls::new(Duration::ZERO)));
        Watched::new(ready(()), Arc::clone(&none)).await;
        assert!(!none.is_told.load(Ordering::Relaxed));
        Watched::new(ready(()), Arc::clone(&all)).await;
        assert!(all.is_told.load(Ordering::Relaxed));
        assert_eq!(all.end(all.begin()), None, "it was told");
    }

    #[test]
    fn whoever_looks_sees_only_a_step_that_goes_on() {
        let polls = Polls::new(Duration::ZERO);
        assert_eq!(polls.take_blocked(), None);
        let began = polls.begin();
        assert!(polls.take_blocked().is_some());
        assert_eq!((polls.take_blocked(), polls.end(began)), (None, None));
    }
}
