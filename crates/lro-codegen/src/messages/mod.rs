//! Messages and tonic services: prost-build and tonic-prost-build write them, this prepares their input and collects their output.

mod comments;
mod services;
mod shield;

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use prost::Message as _;
use prost_build::Module;
use prost_types::FileDescriptorProto;

use self::services::Services;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Rule, panic_message};
use crate::paths::{TypePaths, for_prost};
use crate::request::Request;

/// The messages and services of each package to generate.
pub(crate) fn generate(
    config: &Config,
    request: &Request,
    paths: &TypePaths,
) -> Result<BTreeMap<String, String>, Diagnostics> {
    let mut prost = prost_config(config, paths);
    let mut packages = HashMap::new();
    let mut inputs = Vec::with_capacity(request.files.len());
    for (index, (file, encoded)) in request.files.iter().zip(&request.encoded).enumerate() {
        let mut descriptor = FileDescriptorProto::decode(encoded.clone())
            .map_err(|error| failed(&format!("{} cannot be decoded: {error}", file.name)))?;
        let module = if request.is_target(file) {
            let undocumented = comments::prepare(&mut descriptor, config);
            for path in undocumented {
                prost.type_attribute(path, "#[allow(missing_docs)]");
            }
            let module = Module::from_protobuf_package_name(&file.package);
            packages.insert(module.clone(), file.package.clone());
            module
        } else {
            // prost-build wants to see every message that is named, so imported files are generated as well, into a module
            // of their own that no package can have, and dropped.
            descriptor.service.clear();
            descriptor.source_code_info = None;
            Module::from_parts([format!("import {index}")])
        };
        inputs.push((module, descriptor));
    }

    let services = Services::new(config);
    if config.client || config.server {
        prost.service_generator(services.generator());
    } else {
        for (_, file) in &mut inputs {
            file.service.clear();
        }
    }
    apply_hook(config, &mut prost);
    // prost-build panics where its input breaks its rules; what it says then belongs to the user's proto.
    let modules = catch_unwind(AssertUnwindSafe(|| prost.generate(inputs)))
        .map_err(|panic| failed(panic_message(panic.as_ref())))?
        .map_err(|error| failed(&error.to_string()))?;

    let mut services = services.into_code();
    let mut output = BTreeMap::new();
    for (module, package) in packages {
        let messages = modules.get(&module).map_or("", String::as_str);
        let mut code = format(&package, &shield::uncover(messages))?;
        code.extend(services.remove(&package));
        output.insert(package, code);
    }
    Ok(output)
}

fn prost_config(config: &Config, paths: &TypePaths) -> prost_build::Config {
    let messages = &config.messages;
    let mut prost = prost_build::Config::new();
    // What clippy thinks of generated code helps nobody.
    prost.type_attribute(".", "#[allow(clippy::all)]");
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

fn apply_hook(config: &Config, prost: &mut prost_build::Config) {
    if let Some(hook) = &config.messages.prost {
        hook(prost);
    }
}

fn format(package: &str, code: &str) -> Result<String, Diagnostics> {
    let file = syn::parse_file(code).map_err(|error| {
        failed(&format!("the messages of package `{package}` are not valid Rust: {error}; check the attributes and paths in the options"))
    })?;
    Ok(prettyplease::unparse(&file))
}

fn failed(message: &str) -> Diagnostics {
    Diagnostic::error(Rule::Messages, format!("prost-build: {message}"))
        .help("change the proto or the options, or use emit=lro and generate messages in another way")
        .into()
}
