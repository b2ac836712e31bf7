//! What a build script gets: code, or an error that says what to do.

mod as_protoc;
mod bundle;
mod errors;
mod options;
mod others;
mod output;
mod rerun;
mod service_config;
mod shown;
mod support;
