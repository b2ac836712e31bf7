//! What the value of an option can be.

use std::num::NonZeroUsize;

use crate::config::Config;

pub(super) fn switch(value: &str) -> Result<bool, String> {
    match value {
        "" | "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("is neither `true` nor `false`".to_owned()),
    }
}

pub(super) fn path(value: &str) -> Result<String, String> {
    if value.is_empty() { Err("is not the path of a proto element".to_owned()) } else { Ok(value.to_owned()) }
}

pub(super) fn rule(value: &str) -> Result<String, String> {
    if value.is_empty() { Err("is not the name of a rule".to_owned()) } else { Ok(value.to_owned()) }
}

pub(super) fn name(value: &str) -> Result<String, String> {
    if value.is_empty() { Err("is not a name".to_owned()) } else { Ok(value.to_owned()) }
}

pub(super) fn pair(value: &str) -> Result<(String, String), String> {
    match value.split_once('=') {
        Some((path, rest)) if !path.is_empty() && !rest.is_empty() => Ok((path.to_owned(), rest.to_owned())),
        _ => Err("is not of the form PATH=VALUE".to_owned()),
    }
}

/// A method, and the messages that its operations hold.
pub(super) fn operation_info(value: &str) -> Result<(String, String, String), String> {
    let parts =
        value.split_once('=').map(|(method, types)| (method, types.split_once(',').unwrap_or((types, ""))));
    match parts {
        Some((method, (response, metadata))) if !method.is_empty() && !response.is_empty() => {
            let method = method.strip_prefix('.').unwrap_or(method);
            Ok((method.to_owned(), response.trim().to_owned(), metadata.trim().to_owned()))
        }
        _ => Err("is not of the form METHOD=RESPONSE,METADATA".to_owned()),
    }
}

pub(super) fn count(value: &str) -> Result<NonZeroUsize, String> {
    value.parse().map_err(|_| "is not a whole number above zero".to_owned())
}

/// Reads a service config and adds it to the others.
pub(super) fn service_config(config: &mut Config, file: &str) -> Result<(), String> {
    if file.is_empty() {
        return Err("is not the name of a file".to_owned());
    }
    let Some(reader) = &config.read_file else {
        return Err(
            "cannot be read: whoever runs the generator here has given it no access to files".to_owned()
        );
    };
    let read = reader.read(file).map_err(|error| format!("cannot be read: {error}"))?;
    config.service_configs.push(read);
    Ok(())
}
