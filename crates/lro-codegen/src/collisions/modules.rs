//! Modules that two things want: the code of a service, the types within a message, a package.

use std::collections::{BTreeMap, HashSet};

use super::{Collision, Modules, Owner};
use crate::diagnostics::Location;
use crate::diagnostics::report::Report;
use crate::ident::snake;
use crate::input::details::MessageType;
use crate::input::request::Request;
use crate::model::join;
use crate::paths::TypePaths;

/// Messages whose nested types would live in the module of something else. Those that this run does not generate have no module here.
pub(super) fn check_messages(
    request: &Request,
    paths: &TypePaths,
    modules: &Modules,
    collision: Collision,
    report: &mut Report,
) {
    // A quick look spares nearly all messages the way to their Rust name.
    let taken: HashSet<Vec<u8>> = modules.keys().map(|(_, module)| letters(module)).collect();
    for (index, file) in request.files.iter().enumerate().filter(|(_, file)| request.is_target(file)) {
        let suspect = |name: &str| {
            taken
                .contains(&letters(name))
                .then(|| modules.get_key_value(&(file.package.clone(), snake(name))))
                .flatten()
        };
        if !file.message.iter().any(|message| suspect(&message.name).is_some()) {
            continue;
        }
        for message in request.details(index).messages().iter().filter(|message| has_module(message)) {
            let full_name = join(&file.package, &message.name);
            if let Some(((_, module), other)) = suspect(&message.name)
                && !paths.is_external(&full_name)
            {
                let first = Owner {
                    what: format!("the types within message {full_name}"),
                    location: Location::of_file(&file.name),
                };
                report.push(collision(&first, other, &format!("the module `{module}`")));
            }
        }
    }
}

/// The modules of the packages to generate, as an include file puts them beside messages.
pub(super) fn of_packages(request: &Request) -> Modules {
    let mut modules = Modules::new();
    for file in request.targets() {
        let segments: Vec<&str> = file.package.split('.').collect();
        for (depth, segment) in segments.iter().enumerate() {
            let owner = Owner {
                what: format!("package {}", segments[..=depth].join(".")),
                location: Location::of_file(&file.name),
            };
            modules.entry((segments[..depth].join("."), snake(segment))).or_insert(owner);
        }
    }
    modules
}

/// What stays the same of a name, whatever Rust makes of it: all but case, underscores and the mark of raw identifiers.
fn letters(name: &str) -> Vec<u8> {
    let name = name.strip_prefix("r#").unwrap_or(name);
    name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase()).collect()
}

/// Whether prost-build makes a module for what a message holds.
fn has_module(message: &MessageType) -> bool {
    message.nested.iter().any(|nested| !nested.is_map_entry())
        || !message.enumeration.is_empty()
        || message.field.iter().any(|field| field.oneof().is_some())
}

/// Packages to generate whose module would be that of a service.
pub(super) fn check_packages(
    request: &Request,
    modules: &Modules,
    collision: Collision,
    report: &mut Report,
) {
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
