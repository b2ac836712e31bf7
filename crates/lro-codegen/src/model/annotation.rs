//! The messages that operations of a method hold, as `operation_info` or something in its place names them.

use super::build::Builder;
use super::index::{Kind, TypeEntry};
use super::{OperationTypes, TypeRef, join, simple_name};
use crate::diagnostics::{Diagnostic, Location, Rule};
use crate::input::path;

const EMPTY: &str = "google.protobuf.Empty";

/// Which of the two fields of `operation_info` is at hand.
struct Role {
    field: &'static str,
    number: i32,
    type_rule: Rule,
    reachable_rule: Rule,
    /// What to write where there is nothing to say.
    default: &'static str,
}

const RESPONSE: Role = Role {
    field: "response_type",
    number: path::RESPONSE_TYPE,
    type_rule: Rule::ResponseType,
    reachable_rule: Rule::ResponseReachable,
    default: "name the message that a finished operation holds, or \"google.protobuf.Empty\" if it holds nothing",
};

const METADATA: Role = Role {
    field: "metadata_type",
    number: path::METADATA_TYPE,
    type_rule: Rule::MetadataType,
    reachable_rule: Rule::MetadataReachable,
    default: "name the message that reports progress, or \"google.protobuf.Empty\" if there is none",
};

impl Role {
    /// Whether there is nothing to say of what a method leaves behind.
    fn may_be_empty(&self, method: &str) -> bool {
        let name = simple_name(method);
        self.number == path::RESPONSE_TYPE && (name.starts_with("Delete") || name.starts_with("BatchDelete"))
    }
}

/// The linter looks at the name as it is written, whatever message it stands for.
fn is_empty(name: &str) -> bool {
    name.strip_prefix('.').unwrap_or(name) == EMPTY || name == "Empty"
}

/// The names of the two messages that operations of a method hold, as someone has written them, and who did.
#[derive(Debug)]
pub(super) struct Annotation {
    pub(super) response: String,
    pub(super) metadata: String,
    pub(super) by: By,
}

/// Who says what operations hold.
#[derive(Debug, Clone)]
pub(super) enum By {
    /// `operation_info`: the option's path.
    OperationInfo(Vec<i32>),
    /// An option of the API's own: its path.
    OwnOption(Vec<i32>),
    /// A service config, at a place, or an option of the run.
    Outside(Option<Location>),
    /// A mapping, for all methods of which nothing else is said.
    Mapping { response: Option<Location>, metadata: Option<Location> },
}

impl By {
    /// Whether the proto says nothing, and may be one that cannot be edited.
    fn is_outside(&self) -> bool {
        matches!(self, Self::Outside(_) | Self::Mapping { .. })
    }
}

impl Builder<'_, '_> {
    /// What the operations of a method hold, if both messages can be generated.
    pub(super) fn operation(
        &mut self,
        method: &str,
        annotation: &Annotation,
        mapping: Option<usize>,
    ) -> Option<OperationTypes> {
        let Annotation { response, metadata, by } = annotation;
        let response = self.operation_type(method, &RESPONSE, response, by);
        let metadata = self.operation_type(method, &METADATA, metadata, by);
        Some(OperationTypes { response: response?, metadata: metadata?, mapping })
    }

    /// The full name of a message as Google's generators read the one that is written: with dots it is a full name, without it belongs to
    /// the package of the method.
    pub(super) fn full(&self, name: &str) -> String {
        let bare = name.strip_prefix('.').unwrap_or(name);
        if name.contains('.') { bare.to_owned() } else { join(&self.file.package, bare) }
    }

    /// The message that a name stands for, if it can be generated.
    fn operation_type(&mut self, method: &str, role: &Role, name: &str, by: &By) -> Option<TypeRef> {
        if name.is_empty() {
            return self.not_set(method, role, by);
        }
        let full_name = self.full(name);
        let (full_name, entry) = match self.types.get(&full_name) {
            None if name.contains('.') && !name.starts_with('.') => match self.relative(name) {
                Some(relative) => {
                    // An API's own option has its own rules.
                    if !matches!(by, By::OwnOption(_)) {
                        let message = format!(
                            "{method} names \"{name}\" as {}, which means {relative} here and nothing elsewhere",
                            role.field
                        );
                        let help = format!(
                            "a name with dots is a full name for Google's generators: write \"{relative}\""
                        );
                        self.push(
                            role,
                            name,
                            by,
                            Diagnostic::warning(Rule::RelativeType, message).help(help),
                        );
                    }
                    let entry = self.types.get(&relative);
                    (relative, entry)
                }
                None => (full_name, None),
            },
            entry => (full_name, entry),
        };
        match entry {
            Some(TypeEntry { kind: Kind::Message, file }) => {
                if is_empty(name) && !role.may_be_empty(method) && !by.is_outside() {
                    let message = format!(
                        "{method} names {full_name} as {}; fields can never be added to that",
                        role.field
                    );
                    self.push(
                        role,
                        name,
                        by,
                        Diagnostic::warning(role.type_rule, message)
                            .help("define a message for it, without fields if there is nothing to say yet"),
                    );
                }
                let unimported = file.filter(|file| !self.imports.reaches(self.index, *file));
                let unimported = unimported.map(|file| self.request.files[file].name.clone());
                if let Some(defined_in) = unimported.as_ref().filter(|_| !by.is_outside()) {
                    let message = format!(
                        "{method} names {full_name} as {}, but {} does not import it",
                        role.field, self.file.name
                    );
                    self.push(
                        role,
                        name,
                        by,
                        Diagnostic::warning(role.reachable_rule, message)
                            .help(format!("add `import \"{defined_in}\";`")),
                    );
                }
                Some(TypeRef { full_name, unimported })
            }
            Some(TypeEntry { kind: Kind::Enum, .. }) => {
                let message = format!(
                    "{method} names {full_name} as {}, which is an enum; operations hold messages",
                    role.field
                );
                self.push(
                    role,
                    name,
                    by,
                    Diagnostic::error(role.type_rule, message).help("wrap the enum in a message"),
                );
                None
            }
            None => {
                let message = format!(
                    "{method} names \"{name}\" as {}, but there is no message {full_name}",
                    role.field
                );
                let help = self.unknown_type_help(name, &full_name);
                self.push(role, name, by, Diagnostic::error(role.type_rule, message).help(help));
                None
            }
        }
    }

    /// A type that is not named. Operations without metadata have an empty one, where that is allowed.
    fn not_set(&mut self, method: &str, role: &Role, by: &By) -> Option<TypeRef> {
        let option = match by {
            By::OperationInfo(_) => "operation_info",
            By::OwnOption(_) => "the option about its operations",
            By::Outside(_) | By::Mapping { .. } => "what is said of its operations outside of the proto",
        };
        let message = format!("{method} does not set {} in {option}", role.field);
        let at = self.place(role, by);
        let report = |diagnostic: Diagnostic| match &at {
            Some(at) => diagnostic.at(at.clone()),
            None => diagnostic,
        };
        if role.number == path::RESPONSE_TYPE {
            self.report.push(report(Diagnostic::error(role.type_rule, message)).help(role.default));
            return None;
        }
        let allow = Rule::MetadataMissing.name();
        let help = format!("{}; or set allow={allow} for operations without metadata", role.default);
        self.report.push(report(Diagnostic::warning(Rule::MetadataMissing, message)).help(help));
        Some(TypeRef { full_name: EMPTY.to_owned(), unimported: None })
    }

    /// The message that a name with dots means within the package of the method or one around it, if there is exactly one.
    fn relative(&self, name: &str) -> Option<String> {
        let mut scope = self.file.package.as_str();
        let mut found = None;
        while !scope.is_empty() {
            let full_name = join(scope, name);
            if self.types.get(&full_name).is_some_and(|entry| entry.kind == Kind::Message)
                && found.replace(full_name).is_some()
            {
                return None;
            }
            scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        found
    }

    /// Where a type is named.
    fn place(&self, role: &Role, by: &By) -> Option<Location> {
        match by {
            By::OperationInfo(option) => Some(self.source.locate(&[&option[..], &[role.number]].concat())),
            By::OwnOption(option) => Some(self.source.locate(option)),
            By::Outside(at) => at.clone(),
            By::Mapping { response, metadata } => {
                let (own, other) = match role.number {
                    path::RESPONSE_TYPE => (response, metadata),
                    _ => (metadata, response),
                };
                own.as_ref().or(other.as_ref()).cloned()
            }
        }
    }

    /// Reports something about a name that is said of operations.
    fn push(&mut self, role: &Role, name: &str, by: &By, diagnostic: Diagnostic) {
        let diagnostic = match self.place(role, by) {
            Some(at) => diagnostic.at(at).focus([role.field, name]),
            None => diagnostic,
        };
        self.report.push(diagnostic);
    }

    fn unknown_type_help(&self, name: &str, full_name: &str) -> String {
        let missing_file = "if another file defines it, import that file or pass it to the generator as well";
        let relative = join(&self.file.package, name);
        if name.contains('.') && self.types.get(&relative).is_some() {
            return format!("a name with dots is a full name: did you mean \"{relative}\"?");
        }
        match self.types.suggest(full_name) {
            Some(suggestion) if suggestion == EMPTY => format!("did you mean \"{EMPTY}\"?"),
            Some(suggestion) => {
                let short = suggestion.strip_prefix(&format!("{}.", self.file.package));
                let spelling = short.filter(|short| !short.contains('.')).unwrap_or(suggestion);
                format!("did you mean \"{spelling}\"? Otherwise, {missing_file}")
            }
            None => missing_file.to_owned(),
        }
    }
}
