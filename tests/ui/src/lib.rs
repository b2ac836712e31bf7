//! What must not compile, and what the compiler says then: the cases are in `cases/`, each with the expected text beside it.

/// The README's example, written by `cargo xtask generate`.
#[rustfmt::skip]
#[allow(clippy::pedantic, reason = "generated code is not written to that taste")]
pub mod library;
