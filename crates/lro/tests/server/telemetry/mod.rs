//! What those who operate an engine are told: the log, spans, metrics.

mod advice;
mod blocked;
mod ended;
mod ended_by_store;
mod lines;
mod metrics;
mod take_over;
mod traces;
mod warnings;
