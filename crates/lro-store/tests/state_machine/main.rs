//! The state machine, without any store: what may happen to an operation, to those of one exclusive key, and to
//! the lease of a worker.

mod attempts;
mod exclusive;
mod fences;
mod leases;
mod pairs;
mod properties;
mod stops;
mod strategies;
mod world;
