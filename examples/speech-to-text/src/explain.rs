//! Errors as text for people, with the details that Google's servers add to them.

use std::error::Error;
use std::fmt::Write as _;

use lro::{ErrorDetails, OperationError};
use tonic::Status;
use tonic_types::StatusExt as _;

/// An error about an operation: what it says, its details, and what to do if the operation may still run.
pub fn operation(error: &OperationError) -> String {
    let mut text = error.to_string();
    text += &details(&error.details());
    if error.may_still_run() {
        let name = error.operation_name();
        let _ = write!(text, "\n  it may still run; go on with: --resume {name}");
    }
    text
}

/// The error of a call: its code, its message and its details.
pub fn status(status: &Status) -> String {
    format!("{:?}: {}{}", status.code(), status.message(), details(&status.get_error_details()))
}

/// Any other error, and what is behind it: what to do is often said by the last of them.
pub fn other(error: &(dyn Error + 'static)) -> String {
    let (mut text, mut next) = (error.to_string(), error.source());
    while let Some(error) = next {
        let _ = write!(text, ": {error}");
        next = error.source();
    }
    text
}

/// A line for each detail that says something to the caller.
fn details(details: &ErrorDetails) -> String {
    let mut lines = Vec::new();
    if let Some(info) = details.error_info() {
        lines.push(format!("reason: {} ({})", info.reason, info.domain));
        let mut metadata: Vec<_> = info.metadata.iter().collect();
        metadata.sort();
        lines.extend(metadata.iter().map(|(key, value)| format!("{key}: {value}")));
    }
    if let Some(request) = details.bad_request() {
        let wrong = request.field_violations.iter();
        lines.extend(wrong.map(|wrong| format!("{}: {}", wrong.field, wrong.description)));
    }
    if let Some(quota) = details.quota_failure() {
        let over = quota.violations.iter();
        lines.extend(over.map(|over| format!("quota of {}: {}", over.subject, over.description)));
    }
    if let Some(help) = details.help() {
        lines.extend(help.links.iter().map(|link| format!("see {} ({})", link.url, link.description)));
    }
    lines.iter().fold(String::new(), |text, line| text + "\n  " + line)
}
