//! What a build script gets: code, or an error that says what to do.

mod bundle;
mod errors;
mod output;
mod rerun;
mod support;
