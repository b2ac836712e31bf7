//! What would end up with one name in Rust, among all that code is generated for. `messages` finds what prost-build alone is concerned with.

mod modules;
mod tonic;

use std::collections::HashMap;

use crate::config::{Config, Emit};
use crate::diagnostics::report::Report;
use crate::diagnostics::rules::Rule;
use crate::diagnostics::{Diagnostic, Location};
use crate::ident::{tonic_module, type_name};
use crate::input::request::Request;
use crate::model::{Service, join};
use crate::names::ServiceNames;
use crate::paths::TypePaths;

/// Reports what cannot share a package or a service.
pub(crate) fn check(
    config: &Config,
    request: &Request,
    services: &[Service],
    paths: &TypePaths,
    report: &mut Report,
) {
    let (mut stems, mut taken, mut tonics) = (Taken::default(), Modules::new(), Modules::new());
    for service in services {
        if config.emit == Emit::All || service.methods.iter().any(|method| method.annotated) {
            claim_modules(config, service, &mut stems, &mut taken, report);
            check_methods(config, service, report);
        } else {
            // Nothing is written for such a service, but protoc-gen-tonic writes its client and server all the same.
            let stem = tonic_module(&type_name(&service.name));
            tonics.extend(
                modules_of(config, service, &stem).filter(|((_, module), _)| !module.ends_with(LAYER)),
            );
            if config.client {
                for method in &service.methods {
                    tonic::check_client_name(config, service, method, None, report);
                }
            }
        }
        tonic::check_server_name(config, service, report);
    }
    modules::check_packages(request, &taken, collision, report);
    let mut packages = Modules::new();
    if config.include_file.is_some() {
        packages = modules::of_packages(request);
        modules::check_packages(request, &tonics, beside, report);
    }
    match config.emit {
        Emit::All => taken.extend(packages),
        Emit::Lro => modules::check_messages(request, paths, &packages, beside, report),
    }
    modules::check_messages(request, paths, &taken, collision, report);
}

/// What lives in a module, by package and name of the module.
type Modules = HashMap<(String, String), Owner>;

/// What the names of services' modules end with.
const KINDS: [&str; 3] = ["client", "server", LAYER];
const LAYER: &str = "lro";

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
    if stems.claim(join(&service.package, &stem), &format!("the module `{stem}_…`"), owner, report) {
        modules.extend(modules_of(config, service, &stem));
    }
}

/// The modules that tonic and the layer make of a service.
fn modules_of(
    config: &Config,
    service: &Service,
    stem: &str,
) -> impl Iterator<Item = ((String, String), Owner)> {
    let owner =
        Owner { what: format!("service {}", service.full_name()), location: service.location.clone() };
    let kinds = KINDS.into_iter().zip([config.client, config.server, true]).filter(|(_, wanted)| *wanted);
    kinds.map(move |(kind, _)| ((service.package.clone(), format!("{stem}_{kind}")), owner.clone()))
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
            let resume = method.operation.as_ref().map(|_| &names.resume);
            for name in [&names.client].into_iter().chain(resume) {
                client.claim(name.to_string(), &format!("the client method `{name}`"), owner(), report);
            }
            tonic::check_client_name(config, service, method, Some(&names.client), report);
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

/// Makes a diagnostic of two things and the name that both would have.
type Collision = fn(&Owner, &Owner, &str) -> Diagnostic;

/// Two things that other generators write and we only include.
fn beside(first: &Owner, second: &Owner, shown: &str) -> Diagnostic {
    let message = format!(
        "{} and {} would both become {shown} in Rust, so the include file does not compile",
        first.what, second.what
    );
    Diagnostic::warning(Rule::NameCollision, message).at(second.location.clone()).help(format!(
        "rename one of them, or generate one in another run and name it with extern_path; the other is at {}",
        first.location
    ))
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
