//! How calls are repeated, as a gRPC service config says it (gRFC A6).

use std::time::Duration;

use super::keys::RETRY_POLICY;
use super::polling::{LONGEST, seconds};
use super::reader::{Entries, Reader};
use super::text::Node;
use crate::diagnostics::shown;
use crate::diagnostics::suggest::nearest;

/// How clients repeat the calls of a method (`grpc.service_config.MethodConfig.RetryPolicy`).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a call is made in all, at least 2; absent where the file leaves it out. As in gRPC, more than 5 count as 5.
    pub max_attempts: Option<u32>,
    /// The pause before the second call.
    pub initial_backoff: Duration,
    /// The longest pause.
    pub max_backoff: Duration,
    /// How much longer each pause is than the one before.
    pub backoff_multiplier: f64,
    /// The codes after which a call is made again, such as `UNAVAILABLE`, each once. There may be none.
    pub retryable_status_codes: Vec<&'static str>,
}

/// More attempts count as so many, unless a client of gRPC is set to something else.
pub(super) const MOST_ATTEMPTS: u32 = 5;

/// `google.rpc.Code`, each at its number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// Reads the value of `retryPolicy`. Nothing where any part of it is wrong, which is then reported.
pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<RetryPolicy> {
    let entries = reader.mapping(node, "retryPolicy")?;
    reader.refuse_misspelt(entries, "retryPolicy", RETRY_POLICY);
    let max_attempts = match reader.get(entries, "max_attempts") {
        Some(node) => attempts(node, reader).map(Some),
        None => Some(None),
    };
    let initial_backoff = pause(entries, "initial_backoff", node, reader);
    let max_backoff = pause(entries, "max_backoff", node, reader);
    let backoff_multiplier = multiplier(entries, node, reader);
    let retryable_status_codes = codes(entries, node, reader);
    Some(RetryPolicy {
        max_attempts: max_attempts?,
        initial_backoff: initial_backoff?,
        max_backoff: max_backoff?,
        backoff_multiplier: backoff_multiplier?,
        retryable_status_codes: retryable_status_codes?,
    })
}

/// A time in JSON, `60s` or `0.5s`; also `.5s`, as gRFC A6 has it.
pub(super) fn time(node: &Node<'_>, what: &str, reader: &mut Reader<'_>) -> Option<Duration> {
    let text = reader.text(node, what)?;
    let whole = if text.starts_with('.') { seconds(&format!("0{text}")) } else { seconds(text) };
    let found = whole.filter(|time| *time <= LONGEST);
    if found.is_none() {
        let message = format!("`{}` is no time for {what}", shown(text));
        let help =
            "write seconds with an `s` in double quotes, such as \"60s\" or \"0.5s\", at most 10,000 years";
        reader.problem(Some(node.place), message, help);
    }
    found
}

fn pause(
    entries: Entries<'_, '_>,
    key: &str,
    around: &Node<'_>,
    reader: &mut Reader<'_>,
) -> Option<Duration> {
    let Some(node) = reader.get(entries, key) else { return reader.lacks(around, key) };
    let what = reader.spelt(key).into_owned();
    let found = time(node, &what, reader)?;
    if found.is_zero() {
        let message = format!("{what} is no time at all");
        reader.problem(Some(node.place), message, "write how long to wait, such as \"0.1s\"");
        return None;
    }
    Some(found)
}

fn attempts(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<u32> {
    let text = reader.text(node, "maxAttempts")?;
    let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let found = is_whole.then(|| text.parse().ok()).flatten().filter(|number| *number > 1);
    if found.is_none() {
        let message = format!("`{}` is no number of attempts", shown(text));
        let help =
            "write a whole number above 1, since the first call counts; a list of no codes repeats nothing";
        reader.problem(Some(node.place), message, help);
    }
    found
}

fn multiplier(entries: Entries<'_, '_>, around: &Node<'_>, reader: &mut Reader<'_>) -> Option<f64> {
    const KEY: &str = "backoff_multiplier";
    let Some(node) = reader.get(entries, KEY) else { return reader.lacks(around, KEY) };
    let text = reader.text(node, "backoffMultiplier")?;
    // The field is a `float`, so what does not fit one is no value for it.
    let is_factor = |factor: &f64| *factor > 0.0 && *factor <= f64::from(f32::MAX);
    let found = text.parse().ok().filter(is_factor);
    if found.is_none() {
        let message = format!("`{}` is no backoffMultiplier", shown(text));
        reader.problem(Some(node.place), message, "write a number above zero, such as 1.3");
    }
    found
}

fn codes(entries: Entries<'_, '_>, around: &Node<'_>, reader: &mut Reader<'_>) -> Option<Vec<&'static str>> {
    const KEY: &str = "retryable_status_codes";
    let Some(node) = reader.get(entries, KEY) else { return reader.lacks(around, KEY) };
    let items = reader.items(node, "retryableStatusCodes")?;
    let (mut codes, mut all_known) = (Vec::new(), true);
    for item in items {
        match code(item, reader) {
            Some(code) if codes.contains(&code) => {}
            Some(code) => codes.push(code),
            None => all_known = false,
        }
    }
    all_known.then_some(codes)
}

/// A code by its name or by its number.
fn code(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<&'static str> {
    let text = reader.text(node, "an item of retryableStatusCodes")?;
    let by_number = || text.parse().ok().and_then(|number: usize| CODES.get(number));
    let (message, help) = match CODES.iter().find(|name| **name == text).or_else(by_number) {
        Some(&"OK") => {
            ("what has succeeded cannot be tried again".to_owned(), "remove it from the list".to_owned())
        }
        Some(name) => return Some(name),
        None => {
            let help = match nearest(&text.to_ascii_uppercase(), CODES) {
                Some(name) => format!("did you mean {name}?"),
                None => {
                    "write a code of gRPC by its name, such as \"UNAVAILABLE\", or by its number".to_owned()
                }
            };
            (format!("`{}` is no code of gRPC", shown(text)), help)
        }
    };
    reader.problem(Some(node.place), message, &help);
    None
}
