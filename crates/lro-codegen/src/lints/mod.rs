//! What the API linter says of methods that are long-running, or should be: rules that no code depends on.

mod declarative;
pub(crate) mod disable;
mod standard;

use crate::diagnostics::report::Report;
use crate::input::places::Places;
use crate::input::request::Request;
use crate::model::Model;

/// Reports what the rules about standard methods and declarative-friendly resources find.
pub(crate) fn check(request: &Request, model: &Model, report: &mut Report) {
    let mut places = Places::new(request);
    standard::check(&model.services, &mut places, report);
    declarative::check(request, model, &mut places, report);
}
