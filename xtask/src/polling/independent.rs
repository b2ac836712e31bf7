//! Service configs as another YAML library sees them. Nothing here is shared with the generator.

use std::collections::BTreeMap;
use std::path::Path;

use serde_yaml_ng::Value;

use super::independent_grpc::{self, ByName};
use crate::Outcome;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    Gapic,
    Grpc,
}

/// What one file says.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) kind: Kind,
    /// By the full name of the method.
    pub(crate) polling: BTreeMap<String, Polling>,
    pub(crate) fields: BTreeMap<String, Vec<String>>,
    /// RPC, HTTP method and path.
    pub(crate) rules: Vec<[String; 3]>,
    /// How calls are made, if the file is one of gRPC's.
    pub(crate) calls: ByName,
    apis: Vec<String>,
}

/// Polling settings, times in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Polling {
    pub(crate) initial: u128,
    pub(crate) multiplier: f64,
    pub(crate) longest: u128,
    pub(crate) total: u128,
}

impl Reading {
    /// Nothing yet.
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            polling: BTreeMap::new(),
            fields: BTreeMap::new(),
            rules: Vec::new(),
            calls: ByName::new(),
            apis: Vec::new(),
        }
    }

    /// The services that are named anywhere.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        let selectors = self.polling.keys().chain(self.fields.keys());
        let named = selectors.filter_map(|selector| selector.rsplit_once('.').map(|(service, _)| service));
        let called = self.calls.keys().map(|(service, _)| service.as_str());
        named.chain(self.apis.iter().map(String::as_str)).chain(called)
    }

    pub(crate) fn is_about(&self, service: &str) -> bool {
        self.apis.is_empty() || self.apis.iter().any(|api| api == service)
    }
}

/// Reads a file, whose name says whether it is JSON; nothing if it is no service config.
pub(crate) fn read(name: &str, text: &str) -> Outcome<Option<Reading>> {
    if Path::new(name).extension().is_some_and(|extension| extension == "json") {
        let calls = independent_grpc::read(text)?;
        return Ok(calls.map(|calls| Reading { calls, ..Reading::new(Kind::Grpc) }));
    }
    let root: Value = serde_yaml_ng::from_str(text)?;
    let kind = match root["type"].as_str() {
        Some("google.api.Service") => Kind::Service,
        Some("com.google.api.codegen.ConfigProto") => Kind::Gapic,
        _ => return Ok(None),
    };
    let mut reading = Reading::new(kind);
    if kind == Kind::Gapic {
        gapic(&root, &mut reading)?;
    } else {
        service(&root, &mut reading)?;
    }
    Ok(Some(reading))
}

fn gapic(root: &Value, reading: &mut Reading) -> Outcome {
    for interface in items(&root["interfaces"]) {
        for method in items(&interface["methods"]) {
            let settings = &method["long_running"];
            if settings.is_null() {
                continue;
            }
            let polling = Polling {
                initial: millis(&settings["initial_poll_delay_millis"], 5_000)?,
                multiplier: multiplier(&settings["poll_delay_multiplier"])?,
                longest: millis(&settings["max_poll_delay_millis"], 45_000)?,
                total: millis(&settings["total_poll_timeout_millis"], 300_000)?,
            };
            let name = format!("{}.{}", string(&interface["name"])?, string(&method["name"])?);
            reading.polling.insert(name, polling);
        }
    }
    Ok(())
}

fn service(root: &Value, reading: &mut Reading) -> Outcome {
    for setting in items(&root["publishing"]["method_settings"]) {
        let selector = string(&setting["selector"])?;
        let fields = items(&setting["auto_populated_fields"]);
        if !fields.is_empty() {
            let fields = fields.iter().map(string).collect::<Outcome<_>>()?;
            reading.fields.insert(selector.clone(), fields);
        }
        let settings = &setting["long_running"];
        if settings.is_null() {
            continue;
        }
        let polling = Polling {
            initial: nanos(&settings["initial_poll_delay"], 5)?,
            multiplier: multiplier(&settings["poll_delay_multiplier"])?,
            longest: nanos(&settings["max_poll_delay"], 45)?,
            total: nanos(&settings["total_poll_timeout"], 300)?,
        };
        reading.polling.insert(selector, polling);
    }
    for api in items(&root["apis"]) {
        reading.apis.push(string(&api["name"])?);
    }
    for rule in items(&root["http"]["rules"]) {
        let selector = string(&rule["selector"])?;
        let Some(rpc) = selector.strip_prefix("google.longrunning.Operations.") else { continue };
        for binding in std::iter::once(rule).chain(items(&rule["additional_bindings"])) {
            for verb in ["get", "put", "post", "delete", "patch"] {
                if let Some(path) = binding[verb].as_str() {
                    reading.rules.push([rpc.to_owned(), verb.to_uppercase(), path.to_owned()]);
                }
            }
        }
    }
    Ok(())
}

/// The nanoseconds of `30000`, or of the default in milliseconds where there is nothing.
fn millis(value: &Value, default: u64) -> Outcome<u128> {
    let millis = if value.is_null() { Some(default) } else { value.as_u64() };
    Ok(u128::from(millis.ok_or_else(|| format!("{value:?} is no number of milliseconds"))?) * 1_000_000)
}

/// The nanoseconds of `30s`, or of the default in seconds where there is nothing.
fn nanos(value: &Value, default: u128) -> Outcome<u128> {
    if value.is_null() {
        return Ok(default * 1_000_000_000);
    }
    let text = string(value)?;
    let seconds = text.strip_suffix('s').ok_or_else(|| format!("{text} is no number of seconds"))?;
    // Digits after the point, filled up to nine, make whole nanoseconds.
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    Ok(format!("{whole}{fraction:0<9}").parse()?)
}

fn multiplier(value: &Value) -> Outcome<f64> {
    let number = if value.is_null() { Some(1.5) } else { value.as_f64() };
    number.ok_or_else(|| format!("{value:?} is no number").into())
}

fn items(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> Outcome<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{value:?} is no text").into())
}
