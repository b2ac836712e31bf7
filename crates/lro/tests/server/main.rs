//! The Operations contract, kept by an engine over the memory store. Each module is a chapter of the
//! contract, each test one of its promises. Time is paused, so nothing here waits for real.

mod attempts;
mod cancel;
mod checkpoint;
mod concurrency;
mod connection;
mod context;
mod delegated;
mod delete;
mod engine;
mod errors;
mod exclusive;
mod faults;
mod get;
mod hints;
mod keep_alive;
mod life;
mod list;
mod operation;
mod outage;
mod progress;
mod queue;
mod request_id;
mod retry;
mod roles;
mod schedule;
mod scripted_service;
mod shutdown;
mod slow_store;
mod start;
mod start_faults;
mod storm;
mod support;
mod validate_only;
mod wait;
mod watch;
