//! What protoc and buf make of `proto/example/library/v1/library.proto`, compiled as strictly as a user may.
//!
//! Both modules are written by `generate.sh`, and by `buf generate`; a test compares them with what is checked in.

#![deny(warnings, missing_docs)]

/// Everything from one plugin: `emit=all`.
pub mod all;

/// Messages from protoc-gen-prost, tonic's services from protoc-gen-tonic, and the typed layer beside them: `emit=lro`.
#[expect(clippy::pedantic, reason = "tonic writes its clients and servers without these lints in mind")]
pub mod beside;
