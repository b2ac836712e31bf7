//! The client against a server in the same process that speaks the same proto, with TLS and tokens. Needs no network.

mod auth;
mod certificates;
mod metadata;
mod program;
mod recognizer;
mod server;
mod transcribe;
