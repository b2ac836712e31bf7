//! The plugin, with a clock: says on standard error how long its threads were at each stage, in microseconds.
//!
//! `cargo xtask bench codegen` runs it. It has the allocator of the plugin, so that what it measures is the same.

use std::cell::Cell;
use std::io::{self, Read as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro_codegen::{Config, Stage, StageHook};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The stages, by the names that they are printed with.
const STAGES: [(Stage, &str); 6] = [
    (Stage::Read, "read"),
    (Stage::Resolve, "resolve"),
    (Stage::Emit, "emit"),
    (Stage::Messages, "messages"),
    (Stage::Format, "format"),
    (Stage::Write, "write"),
];

/// How long all threads were at each of them.
static SPENT: Mutex<[Duration; STAGES.len()]> = Mutex::new([Duration::ZERO; STAGES.len()]);

thread_local! {
    /// What this thread is at, and since when.
    static NOW: Cell<Option<(Stage, Duration)>> = const { Cell::new(None) };
}

fn begin(stage: Stage) {
    let now = processor_time();
    let Some((before, since)) = NOW.replace(Some((stage, now))) else { return };
    if let Some(index) = STAGES.iter().position(|(stage, _)| *stage == before) {
        spent()[index] += now.saturating_sub(since);
    }
}

/// How long the processor has worked for this thread: what else the machine does is not in it.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

fn spent() -> MutexGuard<'static, [Duration; STAGES.len()]> {
    // Sums are whole at any time.
    SPENT.lock().unwrap_or_else(PoisonError::into_inner)
}

fn main() -> io::Result<()> {
    begin(Stage::Read);
    let mut request = Vec::new();
    io::stdin().read_to_end(&mut request)?;
    let mut config = Config::default();
    config.on_stage = Some(StageHook::new(begin));
    let run = lro_codegen::run_plugin(request, &config);
    begin(Stage::Write);
    io::stdout().write_all(&run.response)?;
    begin(Stage::Wait);
    for ((_, name), spent) in STAGES.iter().zip(*spent()) {
        eprintln!("{name} {}", spent.as_micros());
    }
    Ok(())
}
