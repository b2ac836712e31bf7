//! Whether the request is fit to be read at all.
//!
//! Compilers send valid descriptors; what comes from elsewhere may hold anything, and names end up in source code and file names.

use std::collections::HashSet;

use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Location, Rule, shown};
use crate::input::descriptor::{File, MessageType};

/// The longest name in bytes, and the longest of a package with its dots. Nobody writes longer ones, and with them the time for comparing
/// names and the depth of module trees have a bound.
const LONGEST: usize = 512;

/// Reports files without a name, names that no Rust identifier can be made of, and files that come twice.
pub(crate) fn validate(files: &[File], report: &mut Report) {
    const HELP: &str = "pass each file once, by the name under which others import it";
    let mut names = HashSet::new();
    for file in files {
        if file.name.is_empty() {
            report.push(Diagnostic::error(Rule::Input, "a file of the request has no name").help(HELP));
        } else if !names.insert(file.name.as_str()) {
            let message = format!("the request holds {} twice", shown(&file.name));
            report.push(Diagnostic::error(Rule::Input, message).help(HELP));
        }
        if file.name.contains(char::is_control) {
            let message = format!("the file name `{}` has control characters", shown(&file.name));
            report.push(Diagnostic::error(Rule::Input, message).help("rename the file"));
        }
        let mut checker = Checker { file: &file.name, report };
        if file.package.len() > LONGEST {
            checker.refuse("package", &file.package);
        } else if !file.package.is_empty() {
            file.package.split('.').for_each(|segment| checker.check("package", segment));
        }
        file.message.iter().for_each(|message| checker.message(message));
        for service in &file.service {
            checker.check("service", &service.name);
            service.method.iter().for_each(|method| checker.check("rpc", &method.name));
        }
    }
}

struct Checker<'a, 'r> {
    file: &'a str,
    report: &'r mut Report,
}

impl Checker<'_, '_> {
    fn message(&mut self, message: &MessageType) {
        self.check("message", &message.name);
        message.nested.iter().for_each(|nested| self.message(nested));
    }

    fn check(&mut self, what: &str, name: &str) {
        if !is_identifier(name) {
            self.refuse(what, name);
        }
    }

    fn refuse(&mut self, what: &str, name: &str) {
        let message = format!("{what} name `{}` cannot become a Rust identifier", shown(name));
        let help = format!(
            "use ASCII letters, digits and underscores, with at least one letter or digit, do not begin with a digit, \
             and take no more than {LONGEST}"
        );
        self.report.push(Diagnostic::error(Rule::Input, message).at(Location::of_file(self.file)).help(help));
    }
}

/// Whether a name is one of a proto in full, as far as Rust identifiers can be made of it.
pub(crate) fn is_full_name(name: &str) -> bool {
    name.len() <= LONGEST && name.split('.').all(is_identifier)
}

/// Whether a Rust identifier can be made of a proto name.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.len() <= LONGEST
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.chars().any(|letter| letter.is_ascii_alphanumeric())
}
