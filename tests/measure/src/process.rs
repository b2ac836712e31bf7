//! What this process uses, as Linux tells it.

use std::fs::read_to_string;
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

/// The processor time of all its threads: fields 14 and 15 of `stat`, counted after the name, which may have spaces.
///
/// # Errors
/// This is not Linux.
pub fn cpu_time() -> Outcome<Duration> {
    const TICK: Duration = Duration::from_millis(10);
    let stat = read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(')').ok_or("stat has a name")?;
    let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}
