//! Noticing that this process did not run.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::event::Event;
use crate::log::Log;

/// How often it looks.
const TICK: Duration = Duration::from_millis(50);

/// How late a look may be without being written down.
const LATE: Duration = Duration::from_millis(200);

/// Writes down whenever the runtime was late, because the process was stopped or the machine had too much to do.
pub(crate) async fn watch(log: Log, process: u32) {
    loop {
        let due = Instant::now() + TICK;
        sleep(TICK).await;
        let late = due.elapsed();
        if late > LATE {
            log.write(Event::Stall { process, micros: u64::try_from(late.as_micros()).unwrap_or(u64::MAX) });
        }
    }
}
