//! The files in which events are written down: lines of JSON, one file for each process.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use rustix::time::{ClockId, clock_gettime};

use crate::event::{Entry, Event};

/// The end of the names of such files.
const EXTENSION: &str = "jsonl";

/// The time of the machine's monotonic clock, in microseconds. It is the same in all processes, and goes on while one is
/// stopped.
pub(crate) fn monotonic() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u64::try_from(time.tv_nsec));
    seconds.unwrap_or_default() * 1_000_000 + nanos.unwrap_or_default() / 1_000
}

/// Writes events down. Clones write into the same file.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    file: Arc<File>,
    origin: u64,
}

impl Log {
    /// Begins the file of a process in a folder. Times count from `origin`.
    pub(crate) fn create(folder: &Path, process: u32, origin: u64) -> io::Result<Self> {
        let path = folder.join(format!("process-{process:04}.{EXTENSION}"));
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self { file: Arc::new(file), origin })
    }

    /// Writes an event down, with the present time. When this returns, it is there even if the process is killed.
    ///
    /// # Panics
    /// When it cannot be written: without its log, a run has no meaning.
    pub(crate) fn write(&self, event: Event) {
        let entry = Entry { at: monotonic().saturating_sub(self.origin), event };
        let mut line = serde_json::to_vec(&entry).expect("events have no maps whose keys are no text");
        line.push(b'\n');
        // One write, so that lines of several threads do not mix.
        (&*self.file).write_all(&line).expect("the log of a run can be written");
    }
}

/// Reads all events that were written into a folder.
///
/// # Errors
/// When a file cannot be read, or a line that is not the last one is no event. The last one of a process that was killed
/// may be cut off.
pub fn read(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != EXTENSION) {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let mut lines = text.lines().enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            match serde_json::from_str(line) {
                Ok(entry) => entries.push(entry),
                Err(_) if lines.peek().is_none() && !text.ends_with('\n') => {}
                Err(error) => {
                    let place = format!("{}:{}: {error}", path.display(), number + 1);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, place));
                }
            }
        }
    }
    Ok(entries)
}
