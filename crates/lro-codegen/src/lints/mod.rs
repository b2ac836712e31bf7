//! What the API linter says of methods that are long-running, or should be: rules that no code depends on.

mod declarative;
mod messages;
mod places;
mod standard;

use crate::diagnostics::Report;
use crate::model::Service;
use crate::request::Request;
use places::Places;

/// Reports what the rules about standard methods and declarative-friendly resources find.
pub(crate) fn check(request: &Request, services: &[Service], report: &mut Report) {
    let mut places = Places::new(&request.files);
    standard::check(services, &mut places, report);
    declarative::check(&request.encoded, services, &mut places, report);
}

/// A name without its package.
fn simple_name(full_name: &str) -> &str {
    full_name.rsplit('.').next().unwrap_or(full_name)
}
