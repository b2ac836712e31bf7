//! What is checked of a configuration, wherever it comes from.

use syn::Attribute;
use syn::parse::Parser as _;

use crate::config::Config;
use crate::diagnostics::report::Report;
use crate::diagnostics::rules::Rule;
use crate::diagnostics::{Diagnostic, shown};

/// Reports values that would break the code they end up in.
pub(crate) fn check(config: &Config, report: &mut Report) {
    let features = [("client_feature", &config.client_feature), ("server_feature", &config.server_feature)];
    for (option, feature) in features {
        if let Some(feature) = feature.as_deref().filter(|feature| !is_feature(feature)) {
            let message = format!("option {option}: `{}` is not the name of a Cargo feature", shown(feature));
            report.push(
                Diagnostic::error(Rule::Option, message)
                    .help("use letters, digits, `_`, `-` and `+`, as in the [features] of the crate that the code is part of"),
            );
        }
    }
    let messages = &config.messages;
    let attributes = [
        ("type_attribute", &messages.type_attributes),
        ("message_attribute", &messages.message_attributes),
        ("enum_attribute", &messages.enum_attributes),
        ("field_attribute", &messages.field_attributes),
        ("client_attribute", &messages.client_attributes),
        ("client_mod_attribute", &messages.client_mod_attributes),
        ("server_attribute", &messages.server_attributes),
        ("server_mod_attribute", &messages.server_mod_attributes),
    ];
    for (option, pairs) in attributes {
        for (_, attribute) in pairs.iter().filter(|(_, attribute)| !is_attribute(attribute)) {
            let message = format!("option {option}: `{}` is not an attribute", shown(attribute));
            report.push(Diagnostic::error(Rule::Option, message).help("write it as in code: `#[cfg(unix)]`"));
        }
    }
}

/// What Cargo takes, of ASCII.
fn is_feature(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-+.".contains(letter))
}

/// Whether a text is one attribute or several.
fn is_attribute(text: &str) -> bool {
    Attribute::parse_outer.parse_str(text).is_ok_and(|attributes| !attributes.is_empty())
}
