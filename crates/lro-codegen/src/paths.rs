//! Where a message lives in Rust.

use std::collections::HashMap;

use proc_macro2::TokenStream;

use crate::diagnostics::{Diagnostic, Report, Rule};
use crate::ident::{escape, snake, type_name};
use crate::validate::is_identifier;

/// Types that prost maps to something else than a struct of the same name.
const WELL_KNOWN: &[(&str, &str)] = &[
    ("google.protobuf", "::lro::codegen::prost_types"),
    ("google.protobuf.BoolValue", "bool"),
    ("google.protobuf.BytesValue", "::lro::codegen::prost::alloc::vec::Vec<u8>"),
    ("google.protobuf.DoubleValue", "f64"),
    ("google.protobuf.Empty", "()"),
    ("google.protobuf.FloatValue", "f32"),
    ("google.protobuf.Int32Value", "i32"),
    ("google.protobuf.Int64Value", "i64"),
    ("google.protobuf.StringValue", "::lro::codegen::prost::alloc::string::String"),
    ("google.protobuf.UInt32Value", "u32"),
    ("google.protobuf.UInt64Value", "u64"),
];

/// What the runtime crate brings along, so that all generated code and the runtime share these types.
///
/// `google.rpc` is listed message by message: other files of the public APIs share its package.
pub(crate) const RUNTIME: &[(&str, &str)] = &[
    (".google.longrunning", "::lro::google::longrunning"),
    (".google.rpc.Status", "::lro::google::rpc::Status"),
    (".google.rpc.Code", "::lro::google::rpc::Code"),
    (".google.rpc.BadRequest", "::lro::google::rpc::BadRequest"),
    (".google.rpc.DebugInfo", "::lro::google::rpc::DebugInfo"),
    (".google.rpc.ErrorInfo", "::lro::google::rpc::ErrorInfo"),
    (".google.rpc.Help", "::lro::google::rpc::Help"),
    (".google.rpc.LocalizedMessage", "::lro::google::rpc::LocalizedMessage"),
    (".google.rpc.PreconditionFailure", "::lro::google::rpc::PreconditionFailure"),
    (".google.rpc.QuotaFailure", "::lro::google::rpc::QuotaFailure"),
    (".google.rpc.RequestInfo", "::lro::google::rpc::RequestInfo"),
    (".google.rpc.ResourceInfo", "::lro::google::rpc::ResourceInfo"),
    (".google.rpc.RetryInfo", "::lro::google::rpc::RetryInfo"),
];

const OPERATION_PACKAGE: &str = ".google.longrunning";
const OPERATION: &str = ".google.longrunning.Operation";

/// The types that belong to no crate and implement `prost::Message`.
const PRIMITIVES: &[&str] = &["()", "bool", "f32", "f64", "i32", "i64", "u32", "u64"];

/// Finds the Rust path of a message, by the rules of prost-build.
#[derive(Debug)]
pub(crate) struct TypePaths {
    /// Proto path without the leading dot, to Rust path.
    external: HashMap<String, String>,
}

impl TypePaths {
    /// `extern_paths` are the user's, and win over the defaults; a bad one is reported.
    pub(crate) fn new(
        extern_paths: &[(String, String)],
        compile_well_known_types: bool,
        report: &mut Report,
    ) -> Self {
        let well_known = if compile_well_known_types { &[] } else { WELL_KNOWN };
        let mut external: HashMap<String, String> = well_known
            .iter()
            .copied()
            .chain(runtime(extern_paths))
            .map(|(proto, rust)| (proto.trim_start_matches('.').to_owned(), rust.to_owned()))
            .collect();
        for (index, (proto, rust)) in extern_paths.iter().enumerate() {
            match check_extern_path(proto, rust) {
                Ok(()) if extern_paths[..index].iter().any(|(other, _)| other == proto) => {
                    report.push(twice(proto, "leave one of them out"));
                }
                Ok(()) if well_known.iter().any(|(known, _)| *known == &proto[1..]) => {
                    report.push(twice(
                        proto,
                        "prost-build has its own; take those away with compile_well_known_types",
                    ));
                }
                Ok(()) => {
                    external.insert(proto[1..].to_owned(), raw(rust));
                }
                Err(diagnostic) => report.push(diagnostic),
            }
        }
        Self { external }
    }

    /// The path of `full_name` as seen from a module that lies `depth` levels below the module of `package`.
    pub(crate) fn rust(&self, full_name: &str, package: &str, depth: usize) -> TokenStream {
        let path = self.external(full_name).unwrap_or_else(|| relative(full_name, package, depth));
        path.parse().expect(
            "a path made of escaped identifiers, or checked when it was configured, is made of tokens",
        )
    }

    /// The path of a type that this run does not generate: the longest configured prefix, then the rest of the name.
    fn external(&self, full_name: &str) -> Option<String> {
        if let Some(path) = self.external.get(full_name) {
            return Some(path.clone());
        }
        full_name.rmatch_indices('.').find_map(|(end, _)| {
            let prefix = self.external.get(&full_name[..end])?;
            let (modules, name) = split_last(&full_name[end + 1..]);
            Some(join_path(extern_modules(prefix).chain(modules.map(snake)), name))
        })
    }
}

/// What the runtime crate brings along, but for what the user has elsewhere.
pub(crate) fn runtime(
    extern_paths: &[(String, String)],
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let covered = |proto: &str| {
        extern_paths.iter().any(|(path, _)| {
            proto.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    RUNTIME.iter().copied().filter(move |(proto, _)| !covered(proto))
}

/// The segments of an external path that something lies below: prost puts them in snake case too, a type's own name included, since
/// a message's module is called after it.
fn extern_modules(path: &str) -> impl Iterator<Item = String> {
    path.split("::").enumerate().map(|(index, segment)| match (index, segment) {
        (0, "crate") => segment.to_owned(),
        _ => snake(unescaped(segment)),
    })
}

/// An external path as prost-build wants it: it escapes the segments of modules by itself and would do it twice, but takes types as they are.
pub(crate) fn for_prost(path: &str) -> String {
    let names_type = path
        .rsplit("::")
        .next()
        .is_some_and(|last| !last.starts_with("r#") && !last.starts_with(char::is_lowercase));
    if names_type { path.to_owned() } else { path.split("::").map(unescaped).collect::<Vec<_>>().join("::") }
}

fn unescaped(segment: &str) -> &str {
    segment.strip_prefix("r#").unwrap_or(segment)
}

/// Goes up to the nearest common package, then down.
fn relative(full_name: &str, package: &str, depth: usize) -> String {
    let (modules, name) = split_last(full_name);
    let here: Vec<&str> = package.split('.').filter(|segment| !segment.is_empty()).collect();
    let there: Vec<&str> = modules.collect();
    let common = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("super".to_owned(), depth + here.len() - common);
    join_path(up.chain(there[common..].iter().map(|segment| snake(segment))), name)
}

fn split_last(path: &str) -> (impl Iterator<Item = &str>, &str) {
    let (modules, name) = path.rsplit_once('.').unwrap_or(("", path));
    (modules.split('.').filter(|segment| !segment.is_empty()), name)
}

fn join_path(modules: impl Iterator<Item = String>, name: &str) -> String {
    modules.chain([type_name(name)]).collect::<Vec<_>>().join("::")
}

fn twice(proto: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Rule::Option, format!("extern_path: `{proto}` has two Rust paths")).help(help)
}

/// A path as it stands in code: segments that are keywords are raw there, whether the user wrote them so or not.
fn raw(rust: &str) -> String {
    let escaped = |(index, segment): (usize, &str)| match escape(segment.to_owned()) {
        escaped if escaped.starts_with("r#") && !(index == 0 && segment == "crate") => escaped,
        _ => segment.to_owned(),
    };
    rust.split("::").enumerate().map(escaped).collect::<Vec<_>>().join("::")
}

fn check_extern_path(proto: &str, rust: &str) -> Result<(), Diagnostic> {
    let refuse = |message: String, help: &str| Err(Diagnostic::error(Rule::Option, message).help(help));
    if !proto.starts_with('.') || !proto[1..].split('.').all(is_identifier) {
        return refuse(
            format!("extern_path: `{proto}` is not a full proto path"),
            "begin it with a dot, as in `.google.type=::my_crate::google::type`",
        );
    }
    let own_operation = [
        (OPERATION_PACKAGE, "::lro::google::longrunning"),
        (OPERATION, "::lro::google::longrunning::Operation"),
    ];
    if own_operation.iter().any(|(path, runtime)| *path == proto && *runtime != rust) {
        return refuse(
            format!("extern_path: `{proto}` is what the runtime answers with, and cannot be `{rust}`"),
            "leave it out, or give other plugins `.google.longrunning=::lro::google::longrunning`",
        );
    }
    if !(PRIMITIVES.contains(&rust) || rust.starts_with("::") || rust.starts_with("crate::")) {
        return refuse(
            format!("extern_path: `{rust}` does not begin at the root of a crate"),
            "begin it with `::` and the name of a crate, or with `crate::`, so that it means the same in every module",
        );
    }
    if syn::parse_str::<syn::Type>(&raw(rust)).is_err() {
        return refuse(
            format!("extern_path: `{rust}` is not a Rust path"),
            "give the path from the crate's root, as in `.google.type=::my_crate::google::type`",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
