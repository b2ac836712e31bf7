//! What stands for a service and its methods: our own layer where there is one, else what tonic writes.

use std::collections::HashMap;

use crate::config::{Config, Emit, Visibility};
use crate::ident::snake;
use crate::model::{Method, Service};
use crate::names::{MethodNames, ServiceNames, tonic_client_rename};

/// The path of an item below the module of its package, and what rustdoc has to be told of its kind.
type Path = (String, &'static str);

/// What comments can link to of one service.
#[derive(Debug)]
pub(super) struct ServiceItems<'a> {
    /// The module, client or trait that stands for the service: our own where there is one, else tonic's.
    pub(super) service: Option<Path>,
    /// By the name of the RPC, the method of a client, or of the trait where there is no client.
    pub(super) methods: HashMap<&'a str, Path>,
}

impl<'a> ServiceItems<'a> {
    pub(super) fn new(service: &'a Service, config: &Config) -> Self {
        let names = ServiceNames::new(service);
        let methods = service.methods.iter().zip(&names.methods).filter_map(|(method, method_names)| {
            let path = if service.has_operations() {
                method_item(method, &names, method_names, config)?
            } else {
                tonic_method(method, &names, config)?
            };
            Some((method.name.as_str(), path))
        });
        Self { service: service_item(service, &names, config), methods: methods.collect() }
    }
}

fn service_item(service: &Service, names: &ServiceNames, config: &Config) -> Option<Path> {
    if service.has_operations() {
        return is_public(config).then(|| (names.module.to_string(), ""));
    }
    // With the kind before it, rustdoc does not mind that within tonic's modules there would be a shorter path.
    let (path, client) = tonic_item(names, config)?;
    Some((path, if client { "struct@" } else { "trait@" }))
}

const METHOD: &str = "method@";

fn method_item(
    method: &Method,
    names: &ServiceNames,
    method_names: &MethodNames,
    config: &Config,
) -> Option<Path> {
    if !is_public(config) {
        return None;
    }
    let module = &names.module;
    if has_client(config) {
        Some((format!("{module}::{}::{}", names.client, method_names.client), METHOD))
    } else if has_server(config) {
        Some((format!("{module}::{}::{}", names.server_trait, method_names.server), METHOD))
    } else {
        method.operation.as_ref().map(|_| (format!("{module}::{}", method_names.constant), ""))
    }
}

fn tonic_method(method: &Method, names: &ServiceNames, config: &Config) -> Option<Path> {
    let (path, client) = tonic_item(names, config)?;
    let plain = snake(&method.name);
    let name = if client { tonic_client_rename(&plain).unwrap_or(plain) } else { plain };
    Some((format!("{path}::{name}"), METHOD))
}

/// tonic's client, or its trait where there is no client; and whether it is the client.
fn tonic_item(names: &ServiceNames, config: &Config) -> Option<(String, bool)> {
    // Beside other plugins, and where its settings are the user's own, what tonic writes is not for us to know.
    if config.emit == Emit::Lro || config.messages.tonic.is_some() {
        return None;
    }
    if has_client(config) {
        let module = names.tonic_server_module.to_string();
        let stem = module.strip_suffix("_server")?;
        return Some((format!("{stem}_client::{}Client", names.tonic_trait), true));
    }
    has_server(config).then(|| (format!("{}::{}", names.tonic_server_module, names.tonic_trait), false))
}

/// Whether clients are there whatever features the user's crate has.
fn has_client(config: &Config) -> bool {
    config.client && config.client_feature.is_none()
}

/// Whether servers are there whatever features the user's crate has.
fn has_server(config: &Config) -> bool {
    config.server && config.server_feature.is_none()
}

/// Whether readers of messages' documentation can see our layer.
fn is_public(config: &Config) -> bool {
    config.visibility == Visibility::Public
}
