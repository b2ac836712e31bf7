//! The plugin protocol of protoc and buf.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use prost::Message as _;

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Rule, panic_message};
use crate::generate::generate;
use crate::input::descriptor::{CodeGeneratorResponse, ResponseFile};
use crate::output::layout::Output;

/// `FEATURE_PROTO3_OPTIONAL | FEATURE_SUPPORTS_EDITIONS`.
const SUPPORTED_FEATURES: u64 = 1 | 2;
/// `EDITION_PROTO2`.
const MINIMUM_EDITION: i32 = 998;
/// `EDITION_2024`.
const MAXIMUM_EDITION: i32 = 1001;

/// What a plugin prints: a response for standard output, warnings for standard error.
#[derive(Debug)]
pub struct PluginRun {
    /// A serialized `google.protobuf.compiler.CodeGeneratorResponse`.
    pub response: Vec<u8>,
    /// What the caller should show although code was generated.
    pub warnings: Vec<Diagnostic>,
}

/// Answers a serialized `google.protobuf.compiler.CodeGeneratorRequest`, whose own options are applied on top of `config`.
///
/// Never fails: what is wrong with the input is part of the response, where protoc and buf look for it. Editions are
/// declared as supported because the LRO layer reads them; where messages are generated too, an edition is an error of its own.
pub fn run_plugin(request: impl Into<Bytes>, config: &Config) -> PluginRun {
    let (error, files, warnings) = match generate_or_report(request.into(), config) {
        Ok(output) => {
            let (files, warnings) = output.into_parts();
            (None, files, warnings)
        }
        Err(diagnostics) => (Some(format!("\n{diagnostics}")), Vec::new(), Vec::new()),
    };
    let file = files
        .into_iter()
        .map(|file| ResponseFile {
            name: Some(file.name),
            insertion_point: file.insertion_point.map(str::to_owned),
            content: Some(file.content),
        })
        .collect();
    let response = CodeGeneratorResponse {
        error,
        supported_features: Some(SUPPORTED_FEATURES),
        minimum_edition: Some(MINIMUM_EDITION),
        maximum_edition: Some(MAXIMUM_EDITION),
        file,
    };
    PluginRun { response: response.encode_to_vec(), warnings }
}

/// Generates; a panic, which would be a bug, is reported like any other problem, because protoc shows nothing else.
fn generate_or_report(request: Bytes, config: &Config) -> Result<Output, Diagnostics> {
    catch_unwind(AssertUnwindSafe(|| generate(request, config))).unwrap_or_else(|panic| {
        let message = format!("the generator has a bug: {}", panic_message(panic.as_ref()));
        Err(Diagnostic::error(Rule::Input, message)
            .help("please report it, with the protos that it came up with")
            .into())
    })
}
