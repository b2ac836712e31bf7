//! Comments and options of a proto that turn off rules, as the API linter reads them.
//!
//! `// (-- api-linter: core::0151::operation-info=disabled aip.dev/not-precedent: why --)` turns a rule off for the element that it stands
//! before, for what that element holds, and at the top of a file for all of it. Rules of the linter do not concern deprecated elements.

use std::collections::HashMap;

use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor::{self, File};
use crate::input::path;
use crate::input::request::Request;
use crate::input::source::locations;

/// Drops the findings that the protos have turned off. What keeps code from being generated stays, and says so.
pub(crate) fn honour(request: &Request, report: &mut Report) {
    let mut read = HashMap::new();
    report.retain(|diagnostic, is_lowered| {
        let Some(location) = diagnostic.location() else { return true };
        let Some(file) = request.position(&location.file) else { return true };
        let comments: &Comments = read.entry(file).or_insert_with(|| Comments::read(&request.files[file]));
        let rule = diagnostic.rule();
        let is_off = comments.turn_off(rule, &location.element);
        if diagnostic.is_finding() {
            return !(is_off || is_of_linter(rule) && is_deprecated(request, file, &location.element));
        }
        if (is_off || is_lowered) && rule.level().is_some() {
            insist(diagnostic);
        }
        true
    });
}

fn insist(diagnostic: &mut Diagnostic) {
    let stop = |help: &str| if help.ends_with('?') { "" } else { "." };
    let help = diagnostic.help_text().map(|help| format!("{help}{} ", stop(help))).unwrap_or_default();
    diagnostic.set_help(format!(
        "{help}Neither a level nor a comment turns this off, since no code can be generated"
    ));
}

fn is_of_linter(rule: Rule) -> bool {
    rule.name().starts_with("core::")
}

/// Whether an element is deprecated, or anything that it is part of.
fn is_deprecated(request: &Request, number: usize, element: &[i32]) -> bool {
    let file = &request.files[number];
    let index = |at: usize| element.get(at).and_then(|index| usize::try_from(*index).ok());
    let service =
        index(1).filter(|_| element[0] == path::FILE_SERVICE).and_then(|index| file.service.get(index));
    let method =
        index(3).filter(|_| element[2] == path::SERVICE_METHOD).and_then(|index| service?.method.get(index));
    file.options.as_ref().is_some_and(|options| options.deprecated)
        || service.and_then(|service| service.options.as_ref()).is_some_and(|options| options.deprecated)
        || method.is_some_and(descriptor::Method::is_deprecated)
        || (service.is_none() && request.details(number).is_deprecated(element))
}

/// The comments of a file that can turn something off.
struct Comments {
    /// The one at the top.
    file: String,
    /// Those before elements, where they mention the linter.
    leading: HashMap<Vec<i32>, String>,
}

impl Comments {
    fn read(file: &File) -> Self {
        let (mut top, mut leading) = (None, HashMap::new());
        for location in locations(file.source_code_info.as_ref(), |_| true) {
            let at = (location.span.first().copied(), location.span.get(1).copied());
            if matches!(location.path.first(), Some(2 | 3 | 8 | 12))
                && top.as_ref().is_none_or(|(first, _)| at < *first)
            {
                let of_file = match &location.leading_detached_comments[..] {
                    [] => location.leading_comments.clone(),
                    detached => detached.join("\n"),
                };
                if !of_file.is_empty() {
                    top = Some((at, of_file));
                }
            }
            if location.leading_comments.contains(MARK) {
                leading.insert(location.path, location.leading_comments);
            }
        }
        let file = top.map(|(_, comment)| comment).unwrap_or_default();
        Self { file, leading }
    }

    /// Whether a rule is off for an element, because of a comment of its own or of anything that it is part of.
    fn turn_off(&self, rule: Rule, element: &[i32]) -> bool {
        let around = (1..=element.len()).filter_map(|length| self.leading.get(&element[..length]));
        around.chain([&self.file]).flat_map(|comment| comment.lines()).any(|line| disables(line, rule.name()))
    }
}

/// What a line that turns off a rule contains.
const MARK: &str = "api-linter:";

/// Whether a line of a comment turns a rule off, by its name or by that of a group: any run of segments of the rule's name will do.
fn disables(line: &str, rule: &str) -> bool {
    let name = line.split_once(MARK).and_then(|(_, rest)| {
        rest.rmatch_indices("disabled").find_map(|(at, _)| rest[..at].trim_end().strip_suffix('='))
    });
    let Some(name) = name else { return false };
    let name = name.trim().trim_end_matches("::").to_ascii_lowercase();
    !name.is_empty() && (name == "all" || format!("::{rule}::").contains(&format!("::{name}::")))
}

#[cfg(test)]
mod tests {
    use super::disables;

    #[test]
    fn a_line_names_a_rule_or_a_group() {
        let off = |line| disables(line, "core::0151::operation-info");
        for line in [
            "api-linter: core::0151::operation-info=disabled",
            " (-- api-linter: core::0151::operation-info=disabled aip.dev/not-precedent: why. --)",
            "(--api-linter:core::0151::operation-info = disabled--)",
            "api-linter: CORE::0151::Operation-Info=disabled, so this is no longer disabled by hand",
            "api-linter: core::0151=disabled",
            "api-linter: core=disabled",
            "api-linter: core::=disabled",
            "api-linter: 0151=disabled",
            "api-linter: operation-info=disabled",
            "api-linter: all=disabled",
        ] {
            assert!(off(line), "{line}");
        }
        for line in [
            "core::0151::operation-info=disabled",
            "api-linter: core::0151::operation-info",
            "api-linter: core::0151::operation-info=enabled",
            "api-linter: core::0151::operation-info disabled",
            "api-linter: core::0151::lro-response-type=disabled",
            "api-linter: core::015=disabled",
            "api-linter: =disabled",
            "api-linter: disabled",
            "api-lint: core=disabled",
        ] {
            assert!(!off(line), "{line}");
        }
    }
}
