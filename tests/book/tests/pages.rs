//! Every block of Rust in the book and in the READMEs, each in a module that is named after its page and line.

extern crate book_tests as library;

include!(concat!(env!("OUT_DIR"), "/pages.rs"));
