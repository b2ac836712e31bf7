//! What would end up with one name in Rust, among all that code is generated for.

use std::collections::{BTreeMap, HashMap};

use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorProto};

use crate::config::{Config, Emit};
use crate::diagnostics::{Diagnostic, Location, Report, Rule};
use crate::ident::{snake, tonic_module, type_name};
use crate::model::{Method, Service, join};
use crate::names::{MethodNames, ServiceNames, tonic_client_rename};
use crate::request::Request;

/// Reports what cannot share a package or a service.
pub(crate) fn check(config: &Config, request: &Request, services: &[Service], report: &mut Report) {
    let generated = |service: &&Service| match config.emit {
        Emit::All => true,
        Emit::Lro => service.methods.iter().any(|method| method.annotated),
    };
    let (mut stems, mut modules) = (Taken::default(), Modules::new());
    for service in services.iter().filter(generated) {
        claim_modules(config, service, &mut stems, &mut modules, report);
        check_methods(config, service, report);
    }
    check_messages(request, &modules, report);
    check_packages(request, &modules, report);
}

/// The service whose code lives in a module, by package and name of the module.
type Modules = HashMap<(String, String), Owner>;

/// What the names of these modules end with.
const KINDS: [&str; 3] = ["client", "server", "lro"];

fn claim_modules(
    config: &Config,
    service: &Service,
    stems: &mut Taken,
    modules: &mut Modules,
    report: &mut Report,
) {
    let stem = tonic_module(&type_name(&service.name));
    let owner =
        Owner { what: format!("service {}", service.full_name()), location: service.location.clone() };
    if stems.claim(join(&service.package, &stem), &format!("the module `{stem}_…`"), owner.clone(), report)
    {
        for (kind, _) in KINDS.iter().zip([config.client, config.server, true]).filter(|(_, wanted)| *wanted)
        {
            modules.insert((service.package.clone(), format!("{stem}_{kind}")), owner.clone());
        }
    }
}

/// Messages whose nested types would live in the module of a service.
fn check_messages(request: &Request, modules: &Modules, report: &mut Report) {
    for (file, encoded) in request.files.iter().zip(&request.encoded) {
        let suspect = |name: &str| {
            ends_like_module(name)
                .then(|| modules.get_key_value(&(file.package.clone(), snake(name))))
                .flatten()
        };
        if !file.message.iter().any(|message| suspect(&message.name).is_some()) {
            continue;
        }
        // The whole file is decoded only where the name is the same, which hardly ever happens.
        let whole = FileDescriptorProto::decode(encoded.clone()).unwrap_or_default();
        for message in whole.message_type.iter().filter(|message| has_module(message)) {
            if let Some(((package, module), service)) = suspect(message.name()) {
                let first = Owner {
                    what: format!("the types within message {}", join(package, message.name())),
                    location: Location::of_file(&file.name),
                };
                report.push(collision(&first, service, &format!("the module `{module}`")));
            }
        }
    }
}

/// A quick look that spares nearly all messages the way to their Rust name.
fn ends_like_module(name: &str) -> bool {
    KINDS.iter().any(|kind| {
        name.len()
            .checked_sub(kind.len())
            .and_then(|at| name.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(kind))
    })
}

/// Whether prost-build makes a module for what a message holds.
fn has_module(message: &DescriptorProto) -> bool {
    let is_map = |nested: &DescriptorProto| {
        nested.options.as_ref().is_some_and(prost_types::MessageOptions::map_entry)
    };
    message.nested_type.iter().any(|nested| !is_map(nested))
        || !message.enum_type.is_empty()
        || message.field.iter().any(|field| field.oneof_index.is_some() && !field.proto3_optional())
}

/// Packages to generate whose module would be that of a service.
fn check_packages(request: &Request, modules: &Modules, report: &mut Report) {
    let packages: BTreeMap<&str, &str> =
        request.targets().map(|file| (file.package.as_str(), file.name.as_str())).collect();
    for (package, file) in packages {
        let segments: Vec<&str> = package.split('.').collect();
        for (depth, segment) in segments.iter().enumerate() {
            if let Some(((_, module), service)) =
                modules.get_key_value(&(segments[..depth].join("."), snake(segment)))
            {
                let first = Owner { what: format!("package {package}"), location: Location::of_file(file) };
                report.push(collision(&first, service, &format!("the module `{module}`")));
            }
        }
    }
}

fn check_methods(config: &Config, service: &Service, report: &mut Report) {
    let names = ServiceNames::new(service);
    let (mut client, mut server, mut constants) = (Taken::default(), Taken::default(), Taken::default());
    for (method, names) in service.methods.iter().zip(&names.methods) {
        let owner = || Owner {
            what: format!("rpc {}.{}", service.full_name(), method.name),
            location: method.location.clone(),
        };
        // prost-build names a method once, for clients and servers.
        if !server.claim(names.server.to_string(), &format!("`{}`", names.server), owner(), report) {
            continue;
        }
        if config.client {
            let shown = format!("the client method `{}`", names.client);
            client.claim(names.client.to_string(), &shown, owner(), report);
            warn_about_client_rename(config, service, method, names, report);
        }
        if method.operation.is_some() {
            if config.server {
                let shown = format!("the start hook `{}`", names.start);
                server.claim(names.start.to_string(), &shown, owner(), report);
            }
            let shown = format!("the constant `{}`", names.constant);
            constants.claim(names.constant.to_string(), &shown, owner(), report);
        }
    }
}

/// Says where a client has an RPC under another name: the typed client, which only services with operations have, or tonic's own.
fn warn_about_client_rename(
    config: &Config,
    service: &Service,
    method: &Method,
    names: &MethodNames,
    report: &mut Report,
) {
    let rpc = snake(&method.name);
    let typed = service.has_operations() && names.client != rpc.as_str();
    let tonic = tonic_client_rename(&rpc).is_some();
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

/// Who has which name.
#[derive(Default)]
struct Taken(HashMap<String, Owner>);

#[derive(Clone)]
struct Owner {
    what: String,
    location: Location,
}

impl Taken {
    /// Gives a name to the first who asks; reports every later one, naming both.
    fn claim(&mut self, name: String, shown: &str, owner: Owner, report: &mut Report) -> bool {
        let Some(first) = self.0.get(&name) else {
            self.0.insert(name, owner);
            return true;
        };
        report.push(collision(first, &owner, shown));
        false
    }
}

fn collision(first: &Owner, second: &Owner, shown: &str) -> Diagnostic {
    let message = if first.what == second.what {
        format!("{} is defined twice", second.what)
    } else {
        format!("{} and {} would both become {shown} in Rust", first.what, second.what)
    };
    Diagnostic::error(Rule::NameCollision, message)
        .at(second.location.clone())
        .help(format!("rename one of them; the other is at {}", first.location))
}
