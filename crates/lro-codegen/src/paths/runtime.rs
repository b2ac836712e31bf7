//! Where the runtime crate is, and which types it brings along.

use crate::config::RUNTIME;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::report::Report;
use crate::diagnostics::rules::Rule;
use crate::paths::rust_path::{in_code, is_rooted};

/// What the runtime crate brings along, so that all generated code and the runtime share these types: proto path, and path in the crate.
///
/// `google.rpc` is listed message by message, since files of others may share its package.
const TYPES: &[(&str, &str)] = &[
    (".google.longrunning", "google::longrunning"),
    (".google.rpc.Status", "google::rpc::Status"),
    (".google.rpc.Code", "google::rpc::Code"),
    (".google.rpc.BadRequest", "google::rpc::BadRequest"),
    (".google.rpc.DebugInfo", "google::rpc::DebugInfo"),
    (".google.rpc.ErrorInfo", "google::rpc::ErrorInfo"),
    (".google.rpc.Help", "google::rpc::Help"),
    (".google.rpc.LocalizedMessage", "google::rpc::LocalizedMessage"),
    (".google.rpc.PreconditionFailure", "google::rpc::PreconditionFailure"),
    (".google.rpc.QuotaFailure", "google::rpc::QuotaFailure"),
    (".google.rpc.RequestInfo", "google::rpc::RequestInfo"),
    (".google.rpc.ResourceInfo", "google::rpc::ResourceInfo"),
    (".google.rpc.RetryInfo", "google::rpc::RetryInfo"),
    (".google.rpc.HttpHeader", "google::rpc::HttpHeader"),
    (".google.rpc.HttpRequest", "google::rpc::HttpRequest"),
    (".google.rpc.HttpResponse", "google::rpc::HttpResponse"),
    (".google.rpc.context", "google::rpc::context"),
];

/// The path of the runtime crate, as generated code names it.
#[derive(Debug, Clone)]
pub(crate) struct Runtime(String);

impl Runtime {
    /// Takes a path from the root of a crate; another one is reported.
    pub(crate) fn new(path: &str, report: &mut Report) -> Self {
        let code = in_code(path);
        if is_rooted(path) && syn::parse_str::<syn::Path>(&code).is_ok_and(|path| is_plain(&path)) {
            return Self(code);
        }
        let message = format!("option runtime: `{path}` is not the path of a crate or module from its root");
        report.push(Diagnostic::error(Rule::Option, message).help(
            "begin it with `::` and the name of a crate, or with `crate::`, as in `::my_facade::lro`; what is there has to be the crate `lro`",
        ));
        Self(RUNTIME.to_owned())
    }

    /// The path of something in the runtime crate.
    pub(crate) fn path(&self, within: &str) -> String {
        format!("{}::{within}", self.0)
    }

    /// The types of the runtime crate, proto path and Rust path, but for those that the user has elsewhere.
    pub(crate) fn types(
        &self,
        extern_paths: &[(String, String)],
    ) -> impl Iterator<Item = (&'static str, String)> {
        let covered = |proto: &str| {
            extern_paths.iter().any(|(path, _)| {
                proto.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        TYPES.iter().filter(move |(proto, _)| !covered(proto)).map(|(proto, rust)| (*proto, self.path(rust)))
    }
}

/// Whether a path has no generic arguments.
fn is_plain(path: &syn::Path) -> bool {
    path.segments.iter().all(|segment| segment.arguments.is_none())
}
