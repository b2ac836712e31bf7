//! Service configs of gRPC (`grpc.service_config.ServiceConfig`), which are JSON: `*_grpc_service_config.json`, say.

use super::FileSettings;
use super::keys::{GRPC, METHOD_CONFIG, METHOD_NAME};
use super::method_config::{ConfigName, MethodConfig, MethodConfigs, Unheeded, name_shown};
use super::reader::{Entries, Reader};
use super::retry::{self, MOST_ATTEMPTS, RetryPolicy};
use super::text::{Node, Value};

/// Reads `methodConfig[]`.
pub(super) fn read(root: &Node<'_>, reader: &mut Reader<'_>) -> FileSettings {
    let entries = reader.mapping(root, "the file").unwrap_or_default();
    reader.warn_of_misspelt(entries, "the file", GRPC);
    let mut configs = MethodConfigs::default();
    for item in reader.list(entries, "method_config") {
        let Some(entries) = reader.mapping(item, "an item of methodConfig") else { continue };
        reader.warn_of_misspelt(entries, "an item of methodConfig", METHOD_CONFIG);
        for node in reader.list(entries, "name") {
            if let Some(name) = name(node, configs.configs.len(), reader) {
                configs.names.push(name);
            }
        }
        configs.configs.push(method_config(entries, reader));
    }
    configs.refuse_duplicates(reader);
    FileSettings {
        method_configs: Some(configs),
        has_misspelt: reader.has_misspelt(),
        ..FileSettings::new(reader.file())
    }
}

/// A method, a service, or all methods where neither is named. An empty name is none. Any other text is one, since gRPC compares names
/// and asks no more of them.
fn name(node: &Node<'_>, config: usize, reader: &mut Reader<'_>) -> Option<ConfigName> {
    let entries = reader.mapping(node, "an item of name")?;
    // Without the key the name would be that of more methods.
    reader.refuse_misspelt(entries, "an item of name", METHOD_NAME);
    let at = reader.location(Some(node.place));
    let mut part = |key: &str| {
        let Some(node) = reader.get(entries, key) else { return Some((String::new(), at.clone())) };
        Some((reader.text(node, key)?.to_owned(), reader.location(Some(node.place))))
    };
    let (service, method) = (part("service"), part("method"));
    let ((service, service_at), (method, method_at)) = (service?, method?);
    if service.is_empty() && !method.is_empty() {
        let message = format!("the method {} is named without its service", name_shown(&method));
        reader.problem(Some(node.place), message, "add `service`, with the package");
        return None;
    }
    let location = if method.is_empty() { service_at.clone() } else { method_at };
    Some(ConfigName { service, method, service_at, location, config })
}

/// What an item of `methodConfig` says, and what of it clients do not do.
fn method_config(entries: Entries<'_, '_>, reader: &mut Reader<'_>) -> (MethodConfig, Vec<Unheeded>) {
    let (mut config, mut unheeded) = (MethodConfig::default(), Vec::new());
    if let Some(node) = reader.get(entries, "timeout") {
        config.timeout = retry::time(node, "timeout", reader);
        if config.timeout.is_some_and(|timeout| timeout.is_zero()) {
            config.timeout = None;
            unheeded.push(Unheeded {
                location: reader.location(Some(node.place)),
                message: "this timeout would end each call before it begins, so there is none",
                help: "write how long a call may take, such as \"60s\", or remove it",
            });
        }
    }
    let hedging = reader.get(entries, "hedging_policy");
    if let Some(node) = reader.get(entries, "retry_policy") {
        config.retry_policy = retry::read(node, reader);
        if let (Some(policy), Value::Mapping(entries)) = (&mut config.retry_policy, &node.value) {
            limit(policy, entries, &mut unheeded, reader);
        }
        if let Some(hedging) = hedging {
            let message = "calls are repeated by a retryPolicy or by a hedgingPolicy, not by both";
            reader.problem(Some(hedging.place), message, "keep one of the two");
        }
    } else if let Some(hedging) = hedging {
        unheeded.push(Unheeded {
            location: reader.location(Some(hedging.place)),
            message: "clients make no call again before it has failed, so this hedgingPolicy has no effect",
            help: "write a retryPolicy",
        });
    }
    (config, unheeded)
}

/// Keeps a policy within what clients do.
fn limit(
    policy: &mut RetryPolicy,
    entries: Entries<'_, '_>,
    unheeded: &mut Vec<Unheeded>,
    reader: &mut Reader<'_>,
) {
    let mut because = |key, message, help| {
        let place = reader.get(entries, key).map(|node| node.place);
        unheeded.push(Unheeded { location: reader.location(place), message, help });
    };
    if policy.max_attempts.is_some_and(|attempts| attempts > MOST_ATTEMPTS) {
        policy.max_attempts = Some(MOST_ATTEMPTS);
        because("max_attempts", "a call is made 5 times at most, as in gRPC", "write a number up to 5");
    }
    if policy.backoff_multiplier < 1.0 {
        policy.backoff_multiplier = 1.0;
        because(
            "backoff_multiplier",
            "pauses do not become shorter, so this counts as 1",
            "write 1, or more",
        );
    }
}
