//! What must not break a store, one thing at a time, with real processes: docs/src/operating.md says the same in words.
//!
//! - `kills`, `pauses`: processes are killed and stopped in the middle of something.
//! - `restarts`, `failover`, `cuts`: the database goes away, another one takes its place, connections break.
//! - `disks`, `clocks`: the machine of the database has no more room, or another time.
//! - `upgrades`: old and new programs side by side.
//! - `backlog`, `purges`, `snapshots`: much of something.
//!
//! What is measured is printed: `cargo test -p chaos --test scenarios -- --nocapture`.

mod backlog;
mod clocks;
mod copies;
mod cuts;
mod disks;
mod failover;
mod kills;
mod pauses;
mod purges;
mod restarts;
mod snapshots;
mod support;
mod traffic;
mod upgrades;
