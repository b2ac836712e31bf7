//! When work that waits for its time may begin.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::lock::lock;

/// Times at which there will be work, as far as this process knows. No hint of a store tells when they come.
#[derive(Debug, Default)]
pub(in crate::server) struct Alarm {
    times: Mutex<BTreeSet<Instant>>,
    /// The first time may be another one.
    changed: Notify,
}

impl Alarm {
    /// There will be work after this delay. One that is too long to add up is longer than any process lives.
    pub(in crate::server) fn set(&self, delay: Duration) {
        let Some(time) = Instant::now().checked_add(delay) else { return };
        if lock(&self.times).insert(time) {
            self.changed.notify_one();
        }
    }

    /// Returns when the next time has come. Cancel-safe.
    pub(in crate::server) async fn rings(&self) {
        loop {
            let first = lock(&self.times).first().copied();
            let rings = async {
                match first {
                    Some(time) => sleep_until(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                () = rings => break,
            }
        }
        let now = Instant::now();
        lock(&self.times).retain(|time| *time > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_rings_at_each_time_in_order_and_once_for_those_that_have_passed() {
        let (alarm, began) = (Alarm::default(), Instant::now());
        let seconds = |seconds| Duration::from_secs(seconds);
        for delay in [seconds(5), seconds(1), Duration::MAX] {
            alarm.set(delay);
        }
        let earlier = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            alarm.set(Duration::ZERO);
        };
        tokio::join!(alarm.rings(), earlier);
        assert_eq!(began.elapsed(), Duration::from_millis(1));
        alarm.rings().await;
        assert_eq!(began.elapsed(), seconds(1));
        alarm.set(seconds(2));
        tokio::time::advance(seconds(9)).await;
        alarm.rings().await;
        assert!(lock(&alarm.times).is_empty());
    }
}
