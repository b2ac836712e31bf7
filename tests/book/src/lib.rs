//! The Rust code of the book and of the READMEs, compiled and run.
//!
//! The build script takes each block of Rust out of the Markdown and makes a module of it; `tests/pages.rs` has them all, so they are
//! one program for the compiler. What a block leaves out because its reader knows it stands in a scaffold, a file of `scaffolds` that
//! the block names after the language: `rust,server` is put where `scaffolds/server.rs` says `/* block */`. A block that names none
//! is whole as it stands.
//!
//! This library is what the blocks have in common, and to them its name is `library`: the library of the first chapter, made of the
//! proto that is shown there.

lro::include_proto!("example.library.v1");
