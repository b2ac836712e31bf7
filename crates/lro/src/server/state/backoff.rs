//! Pauses between tries of something that a broken connection holds up.

use std::time::Duration;

use super::random::Random;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Pauses that double, up to a limit, and differ from one process to the next.
#[derive(Debug)]
pub(in crate::server) struct Backoff {
    next: Duration,
    random: Random,
}

impl Backoff {
    pub(in crate::server) fn new(random: &Random) -> Self {
        Self { next: FIRST, random: random.clone() }
    }

    /// Waits for the next pause.
    pub(in crate::server) async fn pause(&mut self) {
        tokio::time::sleep(self.random.shorten(self.next)).await;
        self.next = (self.next * 2).min(LONGEST);
    }
}
