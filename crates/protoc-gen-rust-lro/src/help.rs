//! The help text, from the one table of options.

use lro_codegen::OPTIONS;

const INTRODUCTION: &str = "\
protoc-gen-rust-lro: typed long-running operations in Rust, for prost and tonic

A plugin for protoc and buf. For each method that returns google.longrunning.Operation and has the option
google.longrunning.operation_info it writes a typed client method and a typed server method.

  protoc --rust-lro_out=src/generated --rust-lro_opt=include_file=mod.rs -Iproto proto/library.proto

Options, separated by commas; a backslash keeps a comma inside a value:
";

/// What `--help` prints.
pub(crate) fn text() -> String {
    let left: Vec<String> = OPTIONS.iter().map(lro_codegen::OptionSpec::usage).collect();
    let width = left.iter().map(String::len).max().unwrap_or(0);
    let lines = left.iter().zip(OPTIONS).map(|(left, option)| {
        let default =
            if option.default.is_empty() { String::new() } else { format!(" (default {})", option.default) };
        format!("  {left:width$}  {}{default}\n", option.help)
    });
    INTRODUCTION.to_owned() + &lines.collect::<String>()
}
