//! Names that keep tonic's own code from compiling.

use proc_macro2::Ident;

use crate::config::{Config, Emit};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::report::Report;
use crate::diagnostics::rules::Rule;
use crate::ident::snake;
use crate::model::{Method, Service};
use crate::names::{hides_from_tonic, tonic_client_rename};

/// Refuses a service whose name keeps tonic's server from compiling; where protoc-gen-tonic writes it, warns.
pub(super) fn check_server_name(config: &Config, service: &Service, report: &mut Report) {
    let Some(reason) = hides_from_tonic(service).filter(|_| config.server) else { return };
    let message =
        format!("service {} has a name that tonic's server cannot have: {reason}", service.full_name());
    let diagnostic = match config.emit {
        Emit::All => Diagnostic::error(Rule::NameCollision, message)
            .help("rename the service, or leave servers out with server=false"),
        Emit::Lro => Diagnostic::warning(Rule::NameCollision, message).help(
            "rename the service, or leave servers out: server=false here and `no_server` for protoc-gen-tonic",
        ),
    };
    report.push(diagnostic.at(service.location.clone()));
}

/// Warns of a plain method that only protoc-gen-tonic stumbles over.
fn beside_tonic(service: &Service, method: &Method, rpc: &str) -> Diagnostic {
    let message = format!(
        "rpc {}.{} has the name of a method that every client of tonic has, so the one of protoc-gen-tonic does not compile",
        service.full_name(),
        method.name
    );
    let option = if rpc == "connect" { "no_transport" } else { "no_client" };
    Diagnostic::warning(Rule::NameCollision, message).at(method.location.clone()).help(format!(
        "give protoc-gen-tonic the option `{option}`, or use emit=all, which renames the method on the client"
    ))
}

/// Says where a client has an RPC under another name: the typed client, which only services with operations have, or tonic's own. What the
/// typed client calls it is `typed_name`.
pub(super) fn check_client_name(
    config: &Config,
    service: &Service,
    method: &Method,
    typed_name: Option<&Ident>,
    report: &mut Report,
) {
    let rpc = snake(&method.name);
    let typed = service.has_operations() && typed_name.is_some_and(|name| name != rpc.as_str());
    let tonic = tonic_client_rename(&rpc).is_some();
    if config.emit == Emit::Lro && tonic && !typed {
        report.push(beside_tonic(service, method, &rpc));
        return;
    }
    let (whose, help) = match (config.emit, rpc.as_str()) {
        (Emit::All, _) if typed || tonic => {
            let whose = if typed && tonic {
                "the typed client and tonic's"
            } else if typed {
                "the typed client"
            } else {
                "tonic's client"
            };
            (whose, "")
        }
        (Emit::Lro, "connect") if typed => (
            "the typed client",
            "; the client of protoc-gen-tonic needs the option `no_transport` to compile",
        ),
        (Emit::Lro, _) if typed && tonic => {
            ("the typed client", "; the client of protoc-gen-tonic does not compile, so give it `no_client`")
        }
        (Emit::Lro, _) if typed => ("the typed client", ""),
        _ => return,
    };
    let message = format!(
        "rpc {}.{} has the name of a method that every client has; on {whose} it is called `{rpc}_rpc`",
        service.full_name(),
        method.name
    );
    report.push(
        Diagnostic::warning(Rule::NameCollision, message)
            .at(method.location.clone())
            .help(format!("it keeps its name on the wire and on the server{help}")),
    );
}
