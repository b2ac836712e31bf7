//! gRPC service configs as `serde_json` sees them. Nothing here is shared with the generator.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Outcome;

/// What the config of a method says, times in nanoseconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Calls {
    pub(crate) timeout: Option<u128>,
    pub(crate) retry: Option<Retry>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Retry {
    pub(crate) attempts: Option<u64>,
    pub(crate) first: u128,
    pub(crate) longest: u128,
    pub(crate) multiplier: f64,
    pub(crate) codes: BTreeSet<String>,
}

/// By service and method; the method is empty in the name of a service, and both are in that of everything.
pub(crate) type ByName = BTreeMap<(String, String), Calls>;

/// Reads a file; nothing if it is no service config.
pub(crate) fn read(text: &str) -> Outcome<Option<ByName>> {
    let root: Value = serde_json::from_str(text)?;
    let Some(configs) = root["methodConfig"].as_array() else { return Ok(None) };
    let mut by_name = ByName::new();
    for config in configs {
        let calls = Calls {
            // As a limit, no time at all is none.
            timeout: config.get("timeout").map(nanos).transpose()?.filter(|timeout| *timeout > 0),
            retry: config.get("retryPolicy").map(retry).transpose()?,
        };
        for name in config["name"].as_array().into_iter().flatten() {
            let part = |key: &str| name[key].as_str().unwrap_or_default().to_owned();
            by_name.insert((part("service"), part("method")), calls.clone());
        }
    }
    Ok(Some(by_name))
}

/// The config that is for a method, of several files.
pub(crate) fn find<'a>(
    files: &(impl Iterator<Item = &'a ByName> + Clone),
    service: &str,
    method: &str,
) -> Option<&'a Calls> {
    let names = [(service, method), (service, ""), ("", "")];
    names.into_iter().find_map(|(service, method)| {
        files.clone().find_map(|by_name| by_name.get(&(service.to_owned(), method.to_owned())))
    })
}

fn retry(policy: &Value) -> Outcome<Retry> {
    let codes = policy["retryableStatusCodes"].as_array().ok_or("there are no codes")?;
    let code = |code: &Value| code.as_str().map(str::to_owned).ok_or_else(|| format!("{code} is no text"));
    Ok(Retry {
        attempts: policy["maxAttempts"].as_u64().map(|attempts| attempts.min(5)),
        first: nanos(&policy["initialBackoff"])?,
        longest: nanos(&policy["maxBackoff"])?,
        multiplier: policy["backoffMultiplier"].as_f64().ok_or("there is no multiplier")?,
        codes: codes.iter().map(code).collect::<Result<_, _>>()?,
    })
}

/// The nanoseconds of `1.5s`, to which a float is near enough.
fn nanos(value: &Value) -> Outcome<u128> {
    let text = value
        .as_str()
        .and_then(|text| text.strip_suffix('s'))
        .ok_or_else(|| format!("{value} is no time"))?;
    Ok(std::time::Duration::try_from_secs_f64(text.parse()?)?.as_nanos())
}
