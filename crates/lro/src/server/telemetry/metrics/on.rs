//! Metrics with the feature `metrics`, through the facade of that crate. docs/src/operating.md has the table.
//!
//! The only labels are paths of registered methods, names of codes, and words from here.

mod store;

use std::sync::Arc;
use std::time::Duration;

use lro_store::Store;
use metrics::{Gauge, SharedString, Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics::{gauge, histogram};

use self::store::ObservedStore;

pub(in crate::server) const ENABLED: bool = true;

/// Work that is counted until it is dropped.
pub(in crate::server) struct Running(Gauge);

/// One who waits and is counted until it is dropped.
pub(in crate::server) struct Waiting(Gauge);

/// Says what each metric is, and shows those that have no labels before anything happens: an alarm cannot tell what is absent
/// from what is well.
pub(in crate::server) fn describe() {
    use Unit::{Count, Seconds};
    describe_counter!("lro_operations_started_total", Count, "Operations that this process has started");
    describe_counter!(
        "lro_operations_finished_total",
        Count,
        "Operations that have ended here, by the code of their outcome"
    );
    describe_gauge!("lro_operations_running", Count, "Operations whose work is under way in this process");
    describe_gauge!(
        "lro_operations_queued",
        Count,
        "Operations that this process has accepted and that wait"
    );
    describe_histogram!(
        "lro_operation_queue_seconds",
        Seconds,
        "From a start to the begin of the first attempt"
    );
    describe_counter!("lro_attempts_total", Count, "Attempts that are over, by how they ended");
    describe_histogram!("lro_attempt_run_seconds", Seconds, "How long an attempt ran");
    describe_gauge!("lro_waiters", Count, "Calls that wait for the end of an operation");
    describe_gauge!("lro_watchers", Count, "Streams that watch an operation change");
    describe_counter!("lro_leases_lost_total", Count, "How often the store has declared this process gone");
    describe_counter!(
        "lro_operations_reclaimed_total",
        Count,
        "Operations taken back from processes that are gone"
    );
    describe_counter!(
        "lro_operations_expired_total",
        Count,
        "Operations ended or asked to stop at their deadline"
    );
    describe_histogram!(
        "lro_store_call_seconds",
        Seconds,
        "How long the store took for a call, by kind and result"
    );
    describe_histogram!("lro_store_call_items", Count, "How many items a call of the store was about");
    for counter in [
        counter!("lro_leases_lost_total"),
        counter!("lro_operations_reclaimed_total"),
        counter!("lro_operations_expired_total"),
    ] {
        counter.increment(0);
    }
    for gauge in [gauge!("lro_operations_queued"), gauge!("lro_waiters"), gauge!("lro_watchers")] {
        gauge.increment(0);
    }
}

/// The store, each of whose calls is timed.
pub(in crate::server) fn observed(store: Arc<dyn Store>) -> Arc<dyn Store> {
    Arc::new(ObservedStore::new(store))
}

pub(in crate::server) fn started(method: &Arc<str>) {
    counter!("lro_operations_started_total", "method" => label(method)).increment(1);
}

pub(super) fn finished(method: &Arc<str>, code: &'static str) {
    counter!("lro_operations_finished_total", "method" => label(method), "code" => code).increment(1);
}

pub(super) fn queue_time(method: &Arc<str>, time: Duration) {
    histogram!("lro_operation_queue_seconds", "method" => label(method)).record(time);
}

pub(super) fn running(method: &Arc<str>) -> Running {
    let gauge = gauge!("lro_operations_running", "method" => label(method));
    gauge.increment(1);
    Running(gauge)
}

pub(super) fn attempt(method: &Arc<str>, end: &'static str, time: Duration) {
    counter!("lro_attempts_total", "method" => label(method), "end" => end).increment(1);
    histogram!("lro_attempt_run_seconds", "method" => label(method)).record(time);
}

pub(in crate::server) fn waiting(wants_changes: bool) -> Waiting {
    let gauge = if wants_changes { gauge!("lro_watchers") } else { gauge!("lro_waiters") };
    gauge.increment(1);
    Waiting(gauge)
}

pub(in crate::server) fn queue_grew() {
    gauge!("lro_operations_queued").increment(1);
}

pub(in crate::server) fn queue_shrank(by: usize) {
    gauge!("lro_operations_queued").decrement(number(by));
}

pub(in crate::server) fn lease_lost() {
    counter!("lro_leases_lost_total").increment(1);
}

pub(in crate::server) fn reclaimed(operations: usize) {
    counter!("lro_operations_reclaimed_total").increment(u64::try_from(operations).unwrap_or(u64::MAX));
}

pub(in crate::server) fn expired(operations: usize) {
    counter!("lro_operations_expired_total").increment(u64::try_from(operations).unwrap_or(u64::MAX));
}

fn label(method: &Arc<str>) -> SharedString {
    SharedString::from_shared(Arc::clone(method))
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer operations than 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}
