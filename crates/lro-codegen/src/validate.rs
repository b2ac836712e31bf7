//! Whether the request is fit to be read at all.
//!
//! Compilers send valid descriptors; what comes from elsewhere may hold anything, and names end up in source code and file names.

use crate::descriptor::{File, MessageType};
use crate::diagnostics::{Diagnostic, Location, Report, Rule};

/// Reports files without a name, names that no Rust identifier can be made of, and files that come twice.
pub(crate) fn validate(files: &[File], report: &mut Report) {
    let mut names = std::collections::HashSet::new();
    for file in files {
        if file.name.is_empty() {
            report.push(Diagnostic::error(Rule::Input, "a file of the request has no name"));
        } else if !names.insert(file.name.as_str()) {
            report.push(Diagnostic::error(Rule::Input, format!("the request holds {} twice", file.name)));
        }
        if file.name.contains(char::is_control) {
            let name = file.name.escape_debug();
            report.push(Diagnostic::error(
                Rule::Input,
                format!("the file name `{name}` has control characters"),
            ));
        }
        let mut checker = Checker { file: &file.name, report };
        for segment in file.package.split('.').filter(|_| !file.package.is_empty()) {
            checker.check("package", segment);
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
        if is_identifier(name) {
            return;
        }
        let location = Location::of_file(self.file);
        self.report.push(
            Diagnostic::error(Rule::Input, format!("{what} name `{}` cannot become a Rust identifier", name.escape_debug()))
                .at(location)
                .help("use ASCII letters, digits and underscores, with at least one letter, and do not begin with a digit"),
        );
    }
}

/// Whether a Rust identifier can be made of a proto name.
pub(crate) fn is_identifier(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.chars().any(|letter| letter.is_ascii_alphabetic())
}
