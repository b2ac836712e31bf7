//! Generates typed Rust for long-running operations: bytes of descriptors in, Rust source out.
//!
//! A method that takes long returns `google.longrunning.Operation` and says with the option
//! `google.longrunning.operation_info` which messages its result and its progress are. From that annotation [`generate`] writes, per service, typed method
//! constants, a client and a server trait on top of the crate `lro`, and with [`Emit::All`] the messages and tonic services below them.
//!
//! This crate is pure: it reads no files, no environment and no clock. Its two front doors are the protoc plugin
//! `protoc-gen-rust-lro` and, for build scripts, the crate `lro-build`.
//!
//! The stages, one module each: `input` and `service_config` read, `model` resolves and diagnoses, `names`, `paths` and `collisions` name,
//! `missing` finds types that no crate has, `lints` holds the input to rules that no code depends on and drops what is turned off, `emit` writes the LRO layer, `messages` has prost and
//! tonic write theirs, `output` says which file holds what.
//!
#![doc = include_str!("../NAMES.md")]

mod collisions;
mod config;
mod diagnostics;
mod docs;
mod emit;
mod format;
mod generate;
mod ident;
mod input;
mod lints;
mod messages;
mod methods;
mod missing;
mod model;
mod names;
mod operation_mapping;
mod options;
mod output;
mod parallel;
mod paths;
mod plugin;
mod service_config;
mod stage;

pub use config::{Config, Emit, MessageConfig, ProstHook, TonicHook, Visibility};
pub use diagnostics::rules::{Level, RULES, Rule, RuleSpec};
pub use diagnostics::{Diagnostic, Diagnostics, Location, Severity};
pub use generate::generate;
pub use input::request::encode_request;
pub use methods::{LroMethod, LroType, methods, methods_with};
pub use operation_mapping::{AnnotationMapping, ListMapping, OperationMapping, RpcMapping};
pub use options::{OPTIONS, OptionSpec};
pub use output::layout::{File, Output};
pub use plugin::{PluginRun, run_plugin};
pub use service_config::{
    FileReader, MethodConfig, OperationRule, PollingSettings, RetryPolicy, ServiceConfig,
};
pub use stage::{Stage, StageHook};
