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

/// Reports what cannot share a package or a service.
pub(crate) fn check(config: &Config, request: &Request, services: &[Service], report: &mut Report) {
    let (mut stems, mut taken) = (Taken::default(), Modules::new());
    for service in services {
        if config.emit == Emit::All || service.methods.iter().any(|method| method.annotated) {
            claim_modules(config, service, &mut stems, &mut taken, report);
            check_methods(config, service, report);
        } else if config.client {
            // Nothing is written for such a service, but protoc-gen-tonic writes its client all the same.
            for (method, names) in service.methods.iter().zip(&ServiceNames::new(service).methods) {
                tonic::check_client_name(config, service, method, names, report);
            }
        }
        tonic::check_server_name(config, service, report);
    }
    modules::check_packages(request, &taken, report);
    if config.include_file.is_some() && config.emit == Emit::All {
        taken.extend(modules::of_packages(request));
    }
    modules::check_messages(request, &taken, report);
}

/// What lives in a module, by package and name of the module.
type Modules = HashMap<(String, String), Owner>;

/// What the names of services' modules end with.
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
            tonic::check_client_name(config, service, method, names, report);
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
