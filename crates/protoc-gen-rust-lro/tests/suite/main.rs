//! The plugin as its callers see it: its arguments, its answers to requests, and what real protoc and real buf make of it.
//!
//! Tests of the two run where they are installed. `PROTOC`, `PROTOC_EDITIONS` (a protoc that knows edition 2024) and `BUF`
//! name others than those on the `PATH`; `LRO_REQUIRE_TOOLS=1` makes a missing one a failure.

mod arguments;
mod buf;
mod protoc;
mod requests;
mod same_bytes;
mod support;
