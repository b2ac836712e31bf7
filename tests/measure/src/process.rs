//! What this process uses, as Linux tells it.

use std::fs::{read_dir, read_to_string};
use std::time::Duration;

use crate::Outcome;

/// What it has in memory: the second field of `statm`.
///
/// # Errors
/// This is not Linux.
pub fn resident_bytes() -> Outcome<usize> {
    const PAGE: usize = 4_096;
    let statm = read_to_string("/proc/self/statm")?;
    let pages = statm.split_whitespace().nth(1).ok_or("statm has a second field")?;
    Ok(pages.parse::<usize>()? * PAGE)
}

/// The processor time of all its threads.
///
/// # Errors
/// This is not Linux.
pub fn cpu_time() -> Outcome<Duration> {
    Stat::read("self")?.time()
}

/// The processor time of another process and of its children, those that have ended included.
///
/// # Errors
/// There is no such process, or this is not Linux.
pub fn cpu_time_of(process: u32) -> Outcome<Duration> {
    let stat = Stat::read(&process.to_string())?;
    let mut time = stat.time()? + stat.time_of_ended_children()?;
    for entry in read_dir("/proc")? {
        let name = entry?.file_name();
        // Other entries, and those of processes that have ended meanwhile, are no children.
        let Some(child) = name.to_str().filter(|name| name.parse::<u32>().is_ok()) else { continue };
        let Ok(child) = Stat::read(child) else { continue };
        if child.parent()? == process {
            time += child.time()?;
        }
    }
    Ok(time)
}

/// The fields of `stat` after the name, which may have spaces. The first of them is the third of all.
struct Stat(String);

impl Stat {
    fn read(process: &str) -> Outcome<Self> {
        let stat = read_to_string(format!("/proc/{process}/stat"))?;
        let (_, rest) = stat.rsplit_once(')').ok_or("stat has a name")?;
        Ok(Self(rest.to_owned()))
    }

    fn parent(&self) -> Outcome<u32> {
        Ok(self.0.split_whitespace().nth(1).ok_or("stat has a parent")?.parse()?)
    }

    fn time(&self) -> Outcome<Duration> {
        self.ticks(11)
    }

    fn time_of_ended_children(&self) -> Outcome<Duration> {
        self.ticks(13)
    }

    /// In user mode and in the kernel.
    fn ticks(&self, at: usize) -> Outcome<Duration> {
        const TICK: Duration = Duration::from_millis(10);
        let fields = self.0.split_whitespace().skip(at).take(2);
        Ok(TICK * fields.map(str::parse::<u32>).sum::<Result<u32, _>>()?)
    }
}
