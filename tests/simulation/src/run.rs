//! Running schedules.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::report::{Coverage, Report};
use crate::{panics, schedule};

/// Runs the schedule of a seed; with its log if that is to be kept, which takes longer.
///
/// # Panics
/// When no runtime can be built.
pub fn run(seed: u64, keeps_log: bool) -> Report {
    panics::watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime of one thread needs nothing that could fail");
    let history = runtime.block_on(schedule::run(seed, keeps_log));
    let mut facts = history.facts();
    for panic in panics::take() {
        facts.fault(format_args!("a panic: {panic}"));
    }
    let report = Report {
        seed,
        coverage: std::mem::take(&mut facts.coverage),
        faults: std::mem::take(&mut facts.faults),
        log: facts.take_log(),
    };
    drop(facts);
    // What runs still tells the history of its end.
    drop(runtime);
    report
}

/// What many schedules have come to.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many there were.
    pub schedules: u64,
    /// What happened in them, counted.
    pub coverage: Coverage,
    /// The first fault that was found, by number of schedules, again with its log.
    pub fault: Option<Report>,
}

/// Runs the schedules of `count` seeds from `seed`, up to the first fault; `progress` is told of each.
///
/// # Panics
/// When a schedule panics outside of its runtime.
pub fn run_all(seed: u64, count: u64, threads: NonZeroUsize, progress: impl Fn(u64) + Sync) -> Summary {
    let (next, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let summary = Mutex::new(Summary::default());
    let work = || {
        let mut mine = Summary::default();
        while !is_over.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                break;
            }
            let report = run(seed.wrapping_add(number), false);
            mine.schedules += 1;
            mine.coverage.merge(&report.coverage);
            if !report.faults.is_empty() {
                is_over.store(true, Ordering::Relaxed);
                mine.fault = Some(report);
            }
            progress(number);
        }
        let mut all = summary.lock().expect("nothing panics that holds it");
        all.schedules += mine.schedules;
        all.coverage.merge(&mine.coverage);
        if let Some(fault) = mine.fault
            && all.fault.as_ref().is_none_or(|first| fault.seed < first.seed)
        {
            all.fault = Some(fault);
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads.get() {
            scope.spawn(work);
        }
    });
    let mut summary = summary.into_inner().expect("nothing panics that holds it");
    if let Some(fault) = &mut summary.fault {
        let again = run(fault.seed, true);
        if again.faults == fault.faults {
            *fault = again;
        } else {
            fault.faults.push(format!("and running it again found something else: {:?}", again.faults));
            fault.log = again.log;
        }
    }
    summary
}
