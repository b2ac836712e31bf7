//! Servers as processes, and their clients.
#![cfg(target_os = "linux")]

mod cache;
mod cancel;
mod demo;
mod failures;
mod outputs;
mod server_death;
mod sharing;
mod stages;
mod streams;
mod support;
