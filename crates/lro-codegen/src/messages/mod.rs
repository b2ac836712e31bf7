//! Messages and tonic services: prost-build and tonic-prost-build write them, this prepares their input and collects their output.

mod collisions;
mod comments;
mod imports;
mod modules;
mod quiet;
mod services;

use std::collections::BTreeMap;

use prost_build::Module;

use self::collisions::Names;
use self::imports::Imports;
use self::services::Services;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Rule, panic_message};
use crate::docs::{Links, Stash};
use crate::format;
use crate::input::request::Request;
use crate::paths::TypePaths;
use crate::paths::rust_path::for_prost;
use crate::stage::Stage;

/// A package to generate.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Indices into the files of the request.
    files: Vec<usize>,
    /// The length of its encoded files in bytes.
    pub(crate) size: usize,
}

/// Generates one package after the other, or several at once.
#[derive(Debug)]
pub(crate) struct Messages<'a> {
    config: &'a Config,
    request: &'a Request,
    paths: &'a TypePaths,
    links: &'a Links<'a>,
    imports: Imports<'a>,
}

impl<'a> Messages<'a> {
    pub(crate) fn new(
        config: &'a Config,
        request: &'a Request,
        paths: &'a TypePaths,
        links: &'a Links<'a>,
    ) -> Self {
        Self { config, request, paths, links, imports: Imports::new(request) }
    }

    /// The packages to generate.
    pub(crate) fn packages(&self) -> Vec<Package> {
        let mut packages: BTreeMap<&str, Package> = BTreeMap::new();
        let request = self.request;
        for (index, file) in request.files.iter().enumerate().filter(|(_, file)| request.is_target(file)) {
            let package = packages.entry(&file.package).or_insert_with(|| Package {
                name: file.package.clone(),
                files: Vec::new(),
                size: 0,
            });
            package.files.push(index);
            package.size += request.encoded[index].len();
        }
        packages.into_values().collect()
    }

    /// The messages and services of a package.
    pub(crate) fn generate(&self, package: &Package) -> Result<String, Diagnostics> {
        let config = self.config;
        config.begin(Stage::Messages);
        let stash = Stash::default();
        let module = Module::from_protobuf_package_name(&package.name);
        let mut inputs = self.imports.of(&package.files)?;
        let mut names = Names::new(self.paths);
        for index in &package.files {
            let mut file = imports::decode(self.request, *index)?;
            names.add(&file);
            comments::prepare(&mut file, config, self.links, &stash);
            if !(config.client || config.server) {
                file.service.clear();
            }
            inputs.push((module.clone(), file));
        }
        names.finish()?;
        let mut prost = prost_config(config, self.paths);
        let services = Services::new(config);
        if config.client || config.server {
            prost.service_generator(services.generator());
        }
        if let Some(hook) = &config.messages.prost {
            hook(&mut prost);
        }
        // prost-build panics where its input breaks its rules; what it says then belongs to the user's proto.
        let mut modules = quiet::catch(|| prost.generate(inputs))
            .map_err(|panic| failed(panic_message(panic.as_ref())))?
            .map_err(|error| failed(&error.to_string()))?;
        let messages = modules.remove(&module).unwrap_or_default();
        drop(modules);
        config.begin(Stage::Format);
        let code = format(&package.name, &messages)?;
        Ok(stash.restore(&(code + &services.into_code())))
    }
}

fn prost_config(config: &Config, paths: &TypePaths) -> prost_build::Config {
    let messages = &config.messages;
    let mut prost = prost_build::Config::new();
    // What clippy thinks of generated code helps nobody, and it is not the fault of the crate that a proto says nothing of a field, or
    // has messages that a program does not need.
    prost.type_attribute(".", "#[allow(clippy::all, dead_code, missing_docs)]");
    // Services are formatted by tonic-build already; formatting happens here, for the rest.
    prost.format(false);
    let user = &config.extern_paths;
    for (proto, rust) in paths.runtime().types(user) {
        prost.extern_path(proto, for_prost(&rust));
    }
    for (proto, rust) in user {
        prost.extern_path(proto, for_prost(rust));
    }
    for (path, attribute) in &messages.type_attributes {
        prost.type_attribute(path, attribute);
    }
    for (path, attribute) in &messages.message_attributes {
        prost.message_attribute(path, attribute);
    }
    for (path, attribute) in &messages.enum_attributes {
        prost.enum_attribute(path, attribute);
    }
    for (path, attribute) in &messages.field_attributes {
        prost.field_attribute(path, attribute);
    }
    for path in &messages.boxed {
        prost.boxed(path);
    }
    prost.skip_debug(&messages.skip_debug);
    prost.bytes(&messages.bytes);
    prost.btree_map(&messages.btree_map);
    prost.disable_comments(&config.disable_comments);
    if messages.compile_well_known_types {
        prost.compile_well_known_types();
    }
    if messages.enable_type_names {
        prost.enable_type_names();
    }
    if messages.retain_enum_prefix {
        prost.retain_enum_prefix();
    }
    prost
}

/// Messages as they are laid out in a file.
fn format(package: &str, code: &str) -> Result<String, Diagnostics> {
    format::source(&modules::allow_repeated_names(package, code)).map_err(|error| {
        failed(&format!("the messages of package `{package}` are not valid Rust: {error}; check the attributes and paths in the options"))
    })
}

fn failed(message: &str) -> Diagnostics {
    Diagnostic::error(Rule::Messages, format!("prost-build: {message}"))
        .help("change the proto or the options, or use emit=lro and generate messages in another way")
        .into()
}
