//! The option string of protoc and buf, and the one table of options behind it.

mod check;
mod elements;
mod others;
mod table;
mod unused;
mod values;

pub(crate) use check::check;
pub use table::{OPTIONS, OptionSpec};
pub(crate) use unused::check_unused;

use crate::config::Config;
use crate::diagnostics::report::Report;
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Diagnostic, Rule, shown};

/// Applies `a=1,b=2` to a configuration and reports each part that does not fit.
///
/// A backslash keeps a comma from ending the option, as in `type_attribute=.=#[derive(Eq\, Hash)]`.
pub(crate) fn apply(config: &mut Config, parameter: &str, report: &mut Report) {
    for option in split(parameter) {
        let (name, value) = option.split_once('=').unwrap_or((option.as_str(), ""));
        let (name, value) = (name.trim(), value.trim());
        let Some(spec) = OPTIONS.iter().find(|spec| spec.name == name) else {
            report.push(unknown(name));
            continue;
        };
        if let Err(problem) = (spec.apply)(config, value) {
            let message = if value.is_empty() {
                format!("option {} needs a value", spec.name)
            } else {
                format!("option {}: `{}` {problem}", spec.name, shown(value))
            };
            report.push(Diagnostic::error(Rule::Option, message).help(format!(
                "{}: {}",
                spec.usage(),
                spec.help
            )));
        }
    }
}

fn unknown(name: &str) -> Diagnostic {
    if let Some(advice) = others::advice(name) {
        return Diagnostic::error(Rule::Option, format!("there is no option `{name}` here")).help(advice);
    }
    let names: Vec<&str> = OPTIONS.iter().map(|spec| spec.name).collect();
    let hint = nearest(name, names.iter().copied())
        .map(|nearest| format!("did you mean {nearest}? "))
        .unwrap_or_default();
    Diagnostic::error(Rule::Option, format!("there is no option `{}`", shown(name)))
        .help(format!("{hint}The options are {}", names.join(", ")))
}

/// Whether an option still wants the name of its second type, which a comma sets apart.
fn is_open(option: &str) -> bool {
    option.trim_start().starts_with("operation_info=") && !option.contains(',')
}

/// Whether this is no option of its own.
fn is_type(text: &str) -> bool {
    let text = text.trim();
    !text.contains('=') && !OPTIONS.iter().any(|spec| spec.name == text)
}

fn split(parameter: &str) -> Vec<String> {
    let mut options = vec![String::new()];
    let mut letters = parameter.chars();
    while let Some(letter) = letters.next() {
        let last = options.last_mut().expect("there is one option from the start, and none is ever removed");
        match letter {
            '\\' => match letters.next() {
                Some(escaped @ (',' | '\\')) => last.push(escaped),
                Some(other) => last.extend(['\\', other]),
                None => last.push('\\'),
            },
            ',' if is_open(last) && letters.as_str().split(',').next().is_some_and(is_type) => last.push(','),
            ',' => options.push(String::new()),
            _ => last.push(letter),
        }
    }
    options.retain(|option| !option.trim().is_empty());
    options
}
