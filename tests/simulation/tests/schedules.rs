//! A few schedules with each run of the tests; `cargo xtask simulate` runs many.

use std::num::NonZeroUsize;
use std::thread;

#[test]
fn whatever_goes_wrong_nothing_acknowledged_is_lost_and_each_operation_ends_once() {
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let summary = simulation::run_all(1, 300, threads, |_| {});
    if let Some(fault) = summary.fault {
        panic!("seed {}: {}\n{}", fault.seed, fault.faults.join("\n"), fault.log.join("\n"));
    }
    for what in ["crashes", "hints lost", "calls that hang", "drains", "clock steps back", "take-overs"] {
        assert!(summary.coverage.count(what) > 0, "{what} must be covered");
    }
}

#[test]
fn a_seed_leads_to_the_same_schedule_again() {
    for seed in 1..=40 {
        assert_eq!(simulation::run(seed, true).log, simulation::run(seed, true).log, "seed {seed}");
    }
}
