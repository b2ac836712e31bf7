//! Which part of a gRPC service config is for which method.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use super::reader::Reader;
use super::retry::RetryPolicy;
use crate::diagnostics::{Location, shown};
use crate::input::validate::is_full_name;

/// What a gRPC service config says of the calls of a method (`grpc.service_config.MethodConfig`).
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct MethodConfig {
    /// How long a call may take; above zero.
    pub timeout: Option<Duration>,
    /// How a call is repeated.
    pub retry_policy: Option<RetryPolicy>,
}

/// A setting that means something to gRPC, and that clients do not do as it says.
#[derive(Debug)]
pub(super) struct Unheeded {
    pub(super) location: Location,
    pub(super) message: &'static str,
    pub(super) help: &'static str,
}

/// All that one file has, each with its names.
#[derive(Debug, Default)]
pub(super) struct MethodConfigs {
    pub(super) names: Vec<ConfigName>,
    pub(super) configs: Vec<(MethodConfig, Vec<Unheeded>)>,
}

/// One name of a config: a method, a service without a method, or neither, which is for all methods.
#[derive(Debug)]
pub(super) struct ConfigName {
    pub(super) service: String,
    pub(super) method: String,
    pub(super) service_at: Location,
    /// Where the method is named; the service if no method is.
    pub(super) location: Location,
    /// The position of the config in its file.
    pub(super) config: usize,
}

impl MethodConfigs {
    /// Reports names that two configs have. Within one config a name may be repeated, which does happen and tells the same.
    pub(super) fn refuse_duplicates(&self, reader: &mut Reader<'_>) {
        let mut first: HashMap<(&str, &str), &ConfigName> = HashMap::new();
        for name in &self.names {
            let earlier = *first.entry((&name.service, &name.method)).or_insert(name);
            if earlier.config != name.config {
                let message = format!(
                    "{} in two items of methodConfig, at first in {}",
                    name.in_words(),
                    earlier.location
                );
                reader.problem_at(name.location.clone(), message, "keep one of the two names");
            }
        }
    }

    /// Whether it says anything of the calls of any method.
    pub(super) fn says_something(&self) -> bool {
        self.names.iter().any(|name| {
            let (config, unheeded) = &self.configs[name.config];
            config.timeout.is_some() || config.retry_policy.is_some() || !unheeded.is_empty()
        })
    }
}

impl ConfigName {
    fn in_words(&self) -> String {
        match (self.service.as_str(), self.method.as_str()) {
            ("", _) => "the name for all methods is".to_owned(),
            (service, "") => format!("the service {} is", name_shown(service)),
            (service, method) => format!("{}.{} is", name_shown(service), name_shown(method)),
        }
    }
}

/// A name as messages show it. Texts that are no names, of which a file may have any, are in quotes.
pub(super) fn name_shown(name: &str) -> Cow<'_, str> {
    if is_full_name(name) { Cow::Borrowed(name) } else { Cow::Owned(format!("`{}`", shown(name))) }
}

/// The configs of all files by their names.
#[derive(Debug, Default)]
pub(super) struct ByName {
    /// By service and method, either of which may be empty, the position of the file and that of the config in it.
    positions: HashMap<String, HashMap<String, (usize, usize)>>,
}

impl ByName {
    /// Of several files that have one name the first one counts.
    pub(super) fn new<'a>(files: impl Iterator<Item = (usize, &'a MethodConfigs)>) -> Self {
        let mut positions: HashMap<String, HashMap<_, _>> = HashMap::new();
        for (file, configs) in files {
            for name in &configs.names {
                let of_service = positions.entry(name.service.clone()).or_default();
                of_service.entry(name.method.clone()).or_insert((file, name.config));
            }
        }
        Self { positions }
    }

    /// The one config that is for a method: that of the method, or of its service, or of all.
    pub(super) fn find(&self, service: &str, method: &str) -> Option<(usize, usize)> {
        let names = [(service, method), (service, ""), ("", "")];
        names.into_iter().find_map(|(service, method)| self.positions.get(service)?.get(method).copied())
    }
}
