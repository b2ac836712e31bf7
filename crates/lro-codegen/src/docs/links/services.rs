//! What stands for a service and its methods: our own layer where there is one, else what tonic writes.

use crate::config::{Config, Emit, Visibility};
use crate::ident::snake;
use crate::model::Service;
use crate::names::{ServiceNames, tonic_client_rename};

/// The module, client or trait that stands for a service: our own where there is one, else tonic's.
pub(super) fn service_item(service: &Service, config: &Config) -> Option<(String, &'static str)> {
    let names = ServiceNames::new(service);
    if service.has_operations() {
        return is_public(config).then(|| (names.module.to_string(), ""));
    }
    // With the kind before it, rustdoc does not mind that within tonic's modules there would be a shorter path.
    let (path, client) = tonic_item(&names, config)?;
    Some((path, if client { "struct@" } else { "trait@" }))
}

/// The method of a client, or of the trait where there is no client.
pub(super) fn method_item(service: &Service, rpc: &str, config: &Config) -> Option<(String, &'static str)> {
    const METHOD: &str = "method@";
    let names = ServiceNames::new(service);
    let (method, method_names) =
        service.methods.iter().zip(&names.methods).find(|(method, _)| method.name == rpc)?;
    if !service.has_operations() {
        let (path, client) = tonic_item(&names, config)?;
        let plain = snake(&method.name);
        let name = if client { tonic_client_rename(&plain).unwrap_or(plain) } else { plain };
        return Some((format!("{path}::{name}"), METHOD));
    }
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
