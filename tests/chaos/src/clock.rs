//! A clock that steps, for stores that take one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use lro::store::{Clock, SystemClock, Timestamp};

/// How soon processes know of a step.
const LOOK: Duration = Duration::from_millis(10);

/// The system's clock, as far off as a file says, which all processes of a run share.
#[derive(Debug)]
pub(crate) struct SteppedClock(Arc<AtomicI64>);

impl SteppedClock {
    /// A clock that follows the file in that folder.
    pub(crate) fn follow(folder: &Path) -> Self {
        let (path, offset) = (path(folder), Arc::new(AtomicI64::new(0)));
        offset.store(read(&path), Ordering::Relaxed);
        let clock = Self(Arc::clone(&offset));
        thread::spawn(move || {
            // Until the clock is gone.
            while Arc::strong_count(&offset) > 1 {
                offset.store(read(&path), Ordering::Relaxed);
                thread::sleep(LOOK);
            }
        });
        clock
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(SystemClock.now().as_micros().saturating_add(self.0.load(Ordering::Relaxed)))
    }
}

/// Lets the clocks of a folder step.
pub(crate) fn step(folder: &Path, micros: i64) -> io::Result<()> {
    let path = path(folder);
    let (next, offset) = (path.with_extension("next"), read(&path).saturating_add(micros));
    fs::write(&next, offset.to_string())?;
    // In one go, so that nobody reads a half of it.
    fs::rename(next, path)
}

fn path(folder: &Path) -> PathBuf {
    folder.join("clock-offset")
}

fn read(path: &Path) -> i64 {
    fs::read_to_string(path).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}
