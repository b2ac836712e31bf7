//! Metrics without the feature `metrics`: none, and nothing that costs.

use std::sync::Arc;
use std::time::Duration;

use lro_store::Store;

pub(in crate::server) const ENABLED: bool = false;

/// Stands for work that is counted.
#[derive(Debug)]
pub(in crate::server) struct Running;

/// Stands for one who waits and is counted.
#[derive(Debug)]
pub(in crate::server) struct Waiting;

pub(in crate::server) fn describe() {}

pub(in crate::server) fn observed(store: Arc<dyn Store>) -> Arc<dyn Store> {
    store
}

pub(in crate::server) fn started(_method: &Arc<str>) {}

pub(super) fn finished(_method: &Arc<str>, _code: &'static str) {}

pub(super) fn queue_time(_method: &Arc<str>, _time: Duration) {}

pub(super) fn running(_method: &Arc<str>) -> Running {
    Running
}

pub(super) fn attempt(_method: &Arc<str>, _end: &'static str, _time: Duration) {}

pub(in crate::server) fn waiting(_wants_changes: bool) -> Waiting {
    Waiting
}

pub(in crate::server) fn queue_grew() {}

pub(in crate::server) fn queue_shrank(_by: usize) {}

pub(in crate::server) fn lease_lost() {}

pub(in crate::server) fn reclaimed(_operations: usize) {}

pub(in crate::server) fn expired(_operations: usize) {}
