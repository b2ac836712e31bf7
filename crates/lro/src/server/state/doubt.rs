//! Whether the store may have given this process work that it does not know of.

use std::sync::Mutex;

use tokio::time::Instant;

use super::call::CALL_TIME;
use super::lock::lock;

/// Raised when a call failed that may have given this process an operation. Until the store has been asked what this
/// process has, such an operation would wait for nobody. Also raised when hints got lost.
#[derive(Debug, Default)]
pub(in crate::server) struct Doubt(Mutex<Option<Instant>>);

impl Doubt {
    /// A call has failed just now. It may take effect until the time for a call is over.
    pub(in crate::server) fn raise(&self) {
        *lock(&self.0) = Some(Instant::now() + CALL_TIME);
    }

    /// What this process has may have changed without its knowledge. The next answer settles that.
    pub(in crate::server) fn look_once(&self) {
        lock(&self.0).get_or_insert_with(Instant::now);
    }

    /// Whether the store has to be asked.
    pub(in crate::server) fn is_raised(&self) -> bool {
        lock(&self.0).is_some()
    }

    /// Notes that the store was asked at a time. That settles what failed long enough before.
    pub(in crate::server) fn asked_at(&self, time: Instant) {
        let mut until = lock(&self.0);
        if until.is_some_and(|until| until <= time) {
            *until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
