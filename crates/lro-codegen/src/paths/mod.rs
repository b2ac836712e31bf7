//! Where a message lives in Rust.

pub(crate) mod held;
pub(crate) mod runtime;
pub(crate) mod rust_path;

use std::collections::HashMap;

use proc_macro2::TokenStream;

use crate::config::Config;
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::ident::{snake, type_name};
use crate::input::validate::is_full_name;
use crate::paths::held::{Package, package_without};
use crate::paths::runtime::Runtime;
use crate::paths::rust_path::{in_code, is_rooted, unescaped};

/// Types that prost maps to something else than a struct of the same name, by the path in the runtime crate.
const WELL_KNOWN: &[(&str, &str)] = &[
    ("google.protobuf", "codegen::prost_types"),
    ("google.protobuf.BytesValue", "codegen::prost::alloc::vec::Vec<u8>"),
    ("google.protobuf.StringValue", "codegen::prost::alloc::string::String"),
];

/// Types that prost maps to primitives.
const WELL_KNOWN_PRIMITIVES: &[(&str, &str)] = &[
    ("google.protobuf.BoolValue", "bool"),
    ("google.protobuf.DoubleValue", "f64"),
    ("google.protobuf.Empty", "()"),
    ("google.protobuf.FloatValue", "f32"),
    ("google.protobuf.Int32Value", "i32"),
    ("google.protobuf.Int64Value", "i64"),
    ("google.protobuf.UInt32Value", "u32"),
    ("google.protobuf.UInt64Value", "u64"),
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
    runtime: Runtime,
}

impl TypePaths {
    /// The user's own extern paths win over the defaults; a bad one is reported.
    pub(crate) fn new(config: &Config, report: &mut Report) -> Self {
        let runtime = Runtime::new(&config.runtime, report);
        let extern_paths = &config.extern_paths;
        let well_known: HashMap<String, String> = if config.messages.compile_well_known_types {
            HashMap::new()
        } else {
            let own = WELL_KNOWN.iter().map(|(proto, rust)| ((*proto).to_owned(), runtime.path(rust)));
            let primitive =
                WELL_KNOWN_PRIMITIVES.iter().map(|(proto, rust)| ((*proto).to_owned(), (*rust).to_owned()));
            own.chain(primitive).collect()
        };
        let mut external = well_known.clone();
        external.extend(runtime.types(extern_paths).map(|(proto, rust)| (proto[1..].to_owned(), rust)));
        for (index, (proto, rust)) in extern_paths.iter().enumerate() {
            match check_extern_path(proto, rust, &runtime) {
                Ok(()) if extern_paths[..index].iter().any(|(other, _)| other == proto) => {
                    report.push(twice(proto, "leave one of them out"));
                }
                Ok(()) if well_known.contains_key(&proto[1..]) => {
                    report.push(twice(
                        proto,
                        "prost-build has its own; take those away with compile_well_known_types",
                    ));
                }
                Ok(()) => {
                    external.insert(proto[1..].to_owned(), in_code(rust));
                }
                Err(diagnostic) => report.push(diagnostic),
            }
        }
        Self { external, runtime }
    }

    /// The runtime crate.
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The path of `full_name` as seen from a module that lies `depth` levels below the module of `package`.
    pub(crate) fn rust(&self, full_name: &str, package: &str, depth: usize) -> TokenStream {
        let path = self.external(full_name).unwrap_or_else(|| relative(full_name, package, depth));
        tokens(&path)
    }

    /// The path of something in the runtime crate.
    pub(crate) fn in_runtime(&self, within: &str) -> TokenStream {
        tokens(&self.runtime.path(within))
    }

    /// Whether a type is found elsewhere, so that this run does not generate it.
    pub(crate) fn is_external(&self, full_name: &str) -> bool {
        self.external(full_name).is_some()
    }

    /// The package that a type is sought in and not found, so that code which names it does not compile.
    pub(crate) fn lacking(&self, full_name: &str) -> Option<Package> {
        let package = package_without(full_name)?;
        let (covered, path) = self.longest_prefix(full_name)?;
        (covered == package.name && path == self.runtime.path(package.path)).then_some(package)
    }

    /// The path of a type that this run does not generate: the longest configured prefix, then the rest of the name.
    fn external(&self, full_name: &str) -> Option<String> {
        let (covered, path) = self.longest_prefix(full_name)?;
        if covered == full_name {
            return Some(path.to_owned());
        }
        let (modules, name) = split_last(&full_name[covered.len() + 1..]);
        Some(join_path(extern_modules(path).chain(modules.map(snake)), name))
    }

    /// How much of a name has a configured path, and that path.
    fn longest_prefix<'n>(&self, full_name: &'n str) -> Option<(&'n str, &str)> {
        let shorter = full_name.rmatch_indices('.').map(|(end, _)| &full_name[..end]);
        let mut prefixes = [full_name].into_iter().chain(shorter);
        prefixes.find_map(|prefix| Some((prefix, self.external.get(prefix)?.as_str())))
    }
}

/// Whether a Rust type is one of those that belong to no crate and can be a message.
pub(crate) fn is_primitive(rust: &str) -> bool {
    PRIMITIVES.contains(&rust)
}

fn tokens(path: &str) -> TokenStream {
    path.parse()
        .expect("a path made of escaped identifiers, or checked when it was configured, is made of tokens")
}

/// The segments of an external path that something lies below: prost puts them in snake case too, a type's own name included, since
/// a message's module is called after it.
fn extern_modules(path: &str) -> impl Iterator<Item = String> {
    path.split("::").enumerate().map(|(index, segment)| match (index, segment) {
        (0, "crate") => segment.to_owned(),
        _ => snake(unescaped(segment)),
    })
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

fn check_extern_path(proto: &str, rust: &str, runtime: &Runtime) -> Result<(), Diagnostic> {
    let refuse = |message: String, help: &str| Err(Diagnostic::error(Rule::Option, message).help(help));
    if !proto.starts_with('.') || !is_full_name(&proto[1..]) {
        return refuse(
            format!("extern_path: `{proto}` is not a full proto path"),
            "begin it with a dot, as in `.google.type=::my_crate::google::type`",
        );
    }
    let own_operation = [
        (OPERATION_PACKAGE, runtime.path("google::longrunning")),
        (OPERATION, runtime.path("google::longrunning::Operation")),
    ];
    if own_operation.iter().any(|(path, own)| *path == proto && *own != in_code(rust)) {
        let package = runtime.path("google::longrunning");
        return refuse(
            format!("extern_path: `{proto}` is what the runtime answers with, and cannot be `{rust}`"),
            &format!("leave it out, or give other plugins `{OPERATION_PACKAGE}={package}`"),
        );
    }
    if !(is_primitive(rust) || is_rooted(rust)) {
        return refuse(
            format!("extern_path: `{rust}` does not begin at the root of a crate"),
            "begin it with `::` and the name of a crate, or with `crate::`, so that it means the same in every module",
        );
    }
    if syn::parse_str::<syn::Type>(&in_code(rust)).is_err() {
        return refuse(
            format!("extern_path: `{rust}` is not a Rust path"),
            "give the path from the crate's root, as in `.google.type=::my_crate::google::type`",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
