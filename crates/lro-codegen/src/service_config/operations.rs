//! Where the operations of an API are found over HTTP, and with that how they are named.

use std::collections::HashSet;

use super::keys::{HTTP, HTTP_RULE};
use super::reader::{Entries, Reader};
use super::text::Node;

/// One binding of an RPC of `google.longrunning.Operations` to HTTP, from `http.rules` of a service yaml.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationRule {
    /// The RPC, such as `GetOperation`.
    pub rpc: String,
    /// The HTTP method, in capitals.
    pub verb: String,
    /// The template of the path, such as `/v1/{name=projects/*/operations/*}`.
    pub path: String,
}

const SERVICE: &str = "google.longrunning.Operations.";

/// The fields of `google.api.HttpRule` that hold a path, each named after its HTTP method.
const VERBS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Reads `http.rules`, additional bindings included, of the operations service; others are left alone. Of two rules for one RPC the last
/// one counts, as everywhere in a `google.api.Service`.
pub(super) fn read(entries: Entries<'_, '_>, reader: &mut Reader<'_>) -> Vec<OperationRule> {
    let Some(http) = reader.get(entries, "http") else { return Vec::new() };
    let http = reader.mapping(http, "http").unwrap_or_default();
    reader.warn_of_misspelt(http, "http", HTTP);
    let mut of_rpcs = Vec::new();
    for rule in reader.list(http, "rules") {
        let Some(fields) = reader.mapping(rule, "an item of rules") else { continue };
        let selector = reader.get(fields, "selector").and_then(|node| reader.text(node, "selector"));
        let Some(rpc) = selector.and_then(|selector| selector.strip_prefix(SERVICE)) else { continue };
        reader.warn_of_misspelt(fields, "an item of rules", HTTP_RULE);
        let mut rules = Vec::new();
        binding(rpc, fields, &mut rules, reader);
        for additional in reader.list(fields, "additional_bindings") {
            let fields = reader.mapping(additional, "an item of additional_bindings").unwrap_or_default();
            binding(rpc, fields, &mut rules, reader);
        }
        of_rpcs.push((rpc, rules));
    }
    let mut seen = HashSet::new();
    of_rpcs.reverse();
    of_rpcs.retain(|(rpc, _)| seen.insert(*rpc));
    of_rpcs.into_iter().rev().flat_map(|(_, rules)| rules).collect()
}

/// The forms that names of operations have, without repetitions: `projects/*/locations/*/operations/*`, say.
///
/// They follow from the RPCs that are given the name of one operation, the one that every API has first.
pub(crate) fn name_patterns(rules: &[OperationRule]) -> Vec<&str> {
    let mut patterns = Vec::new();
    for rpc in ["GetOperation", "WaitOperation", "CancelOperation", "DeleteOperation"] {
        for pattern in rules.iter().filter(|rule| rule.rpc == rpc).filter_map(name_pattern) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
    }
    patterns
}

fn binding(rpc: &str, fields: Entries<'_, '_>, rules: &mut Vec<OperationRule>, reader: &mut Reader<'_>) {
    let mut add = |verb: &str, path: &str| {
        rules.push(OperationRule {
            rpc: rpc.to_owned(),
            verb: verb.to_ascii_uppercase(),
            path: path.to_owned(),
        });
    };
    for verb in VERBS {
        if let Some(path) = text(fields, verb, reader) {
            add(verb, path);
        }
    }
    if let Some(custom) = reader.get(fields, "custom") {
        let fields = reader.mapping(custom, "custom").unwrap_or_default();
        if let (Some(kind), Some(path)) = (text(fields, "kind", reader), text(fields, "path", reader)) {
            add(kind, path);
        }
    }
}

fn text<'n>(fields: Entries<'n, '_>, key: &str, reader: &mut Reader<'_>) -> Option<&'n str> {
    let node: &'n Node<'_> = reader.get(fields, key)?;
    reader.text(node, key)
}

/// What `name` stands for in the template of a path. A form that says nothing, such as `**`, is none, and neither is one
/// with letters that could not stand in a comment as they are.
fn name_pattern(rule: &OperationRule) -> Option<&str> {
    let (_, rest) = rule.path.split_once("{name=")?;
    let (pattern, _) = rest.split_once('}')?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.~/*".contains(letter);
    (pattern.contains('/') && pattern.chars().all(plain)).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(rpc: &str, path: &str) -> OperationRule {
        OperationRule { rpc: rpc.to_owned(), verb: "GET".to_owned(), path: path.to_owned() }
    }

    #[test]
    fn patterns_come_from_the_rpcs_that_take_a_name() {
        let rules = [
            rule("CancelOperation", "/v1/{name=shelves/*/operations/*}:cancel"),
            rule("ListOperations", "/v1/{name=shelves/*}/operations"),
            rule("GetOperation", "/v1/{name=operations/**}"),
            rule("GetOperation", "/v1/{name=shelves/*/operations/*}"),
            rule("WaitOperation", "/v1/{name=operations/**}:wait"),
        ];
        assert_eq!(name_patterns(&rules), ["operations/**", "shelves/*/operations/*"]);
    }

    #[test]
    fn templates_that_tell_nothing_or_are_none_give_no_pattern() {
        let paths = [
            "/v1/{name=**}",
            "/v1/{name}",
            "/v1/operations",
            "/v1/{name=a/*",
            "/v1/{name=a/`*\n}",
            "{name=}",
        ];
        let rules = paths.map(|path| rule("GetOperation", path));
        assert!(name_patterns(&rules).is_empty());
    }
}
