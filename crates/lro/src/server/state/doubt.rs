//! Whether the store may have given this process work that it does not know of.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::call::CALL_TIME;
use super::lock::lock;

/// Raised when a call failed that may have given this process an operation. Until the store has been asked what this
/// process has, such an operation would wait for nobody. Also raised when hints got lost.
///
/// A store can go back to what it was, such as when a standby takes over that lacks the last moments, and no call need
/// fail for that: work that has ended is with this process again. So the store is asked now and then in any case.
#[derive(Debug)]
pub(in crate::server) struct Doubt(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Until when what has failed may take effect, if something has.
    until: Option<Instant>,
    asked_at: Instant,
}

impl Default for Doubt {
    fn default() -> Self {
        Self(Mutex::new(State { until: None, asked_at: Instant::now() }))
    }
}

impl Doubt {
    /// A call has failed just now. It may take effect until the time for a call is over.
    pub(in crate::server) fn raise(&self) {
        lock(&self.0).until = Some(Instant::now() + CALL_TIME);
    }

    /// What this process has may have changed without its knowledge. The next answer settles that.
    pub(in crate::server) fn look_once(&self) {
        lock(&self.0).until.get_or_insert_with(Instant::now);
    }

    /// Whether the store has to be asked.
    pub(in crate::server) fn is_raised(&self) -> bool {
        lock(&self.0).until.is_some()
    }

    /// Whether the store was not asked for so long that it is time again.
    pub(in crate::server) fn is_older_than(&self, time: Duration) -> bool {
        lock(&self.0).asked_at.elapsed() >= time
    }

    /// Notes that the store was asked at a time. That settles what failed long enough before.
    pub(in crate::server) fn asked_at(&self, time: Instant) {
        let mut state = lock(&self.0);
        state.asked_at = time;
        if state.until.is_some_and(|until| until <= time) {
            state.until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_the_store_has_said_grows_old() {
        let (doubt, time) = (Doubt::default(), Duration::from_secs(30));
        for _ in 0..2 {
            doubt.asked_at(Instant::now());
            assert!(!doubt.is_older_than(time));
            tokio::time::advance(time).await;
            assert!(doubt.is_older_than(time));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_doubt_lasts_as_long_as_the_failed_call_may_take_effect() {
        let doubt = Doubt::default();
        doubt.asked_at(Instant::now());
        assert!(!doubt.is_raised());
        doubt.look_once();
        assert!(doubt.is_raised());
        doubt.asked_at(Instant::now());
        assert!(!doubt.is_raised());
        doubt.raise();
        doubt.look_once();
        doubt.asked_at(Instant::now());
        assert!(doubt.is_raised());
        tokio::time::advance(CALL_TIME).await;
        doubt.asked_at(Instant::now());
        assert!(!doubt.is_raised());
    }
}
