//! The generator seen from outside: protos in, Rust source or diagnostics out.
//!
//! `support` makes requests in process; each other file is about one side of the generator. Snapshots lie in `tests/snapshots`.

mod annotations;
mod calls;
mod comments;
mod determinism;
mod disable;
mod extension_numbers;
mod fuzzed;
mod layout;
mod levels;
mod library;
mod mapping;
mod messages;
mod methods;
mod modules;
mod names;
mod operation_streams;
mod options;
mod outside;
mod plain_methods;
mod references;
mod requests;
mod robustness;
mod rules;
mod service_config;
mod support;
mod types;
mod unused_options;
