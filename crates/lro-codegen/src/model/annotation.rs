//! The messages that `operation_info` names.

use super::build::Builder;
use super::index::{Kind, TypeEntry};
use super::{OperationTypes, TypeRef, join, simple_name};
use crate::diagnostics::{Diagnostic, Rule};
use crate::input::descriptor;
use crate::input::source::path;

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

impl Builder<'_, '_> {
    /// What the operations of a method hold, if both messages can be generated.
    pub(super) fn operation(
        &mut self,
        method: &str,
        info: &descriptor::OperationInfo,
        at: &[i32],
    ) -> Option<OperationTypes> {
        let response = self.operation_type(method, &RESPONSE, &info.response_type, at);
        let metadata = self.operation_type(method, &METADATA, &info.metadata_type, at);
        Some(OperationTypes { response: response?, metadata: metadata? })
    }

    /// Resolves a name of `operation_info` as Google's generators do: with dots it is a full name, without it belongs to the
    /// package of the method.
    fn operation_type(&mut self, method: &str, role: &Role, name: &str, at: &[i32]) -> Option<TypeRef> {
        let at = &[at, &[role.number]].concat();
        if name.is_empty() {
            let message = format!("{method} does not set {} in operation_info", role.field);
            self.report.push(
                Diagnostic::error(role.type_rule, message).at(self.source.locate(at)).help(role.default),
            );
            return None;
        }
        let bare = name.strip_prefix('.').unwrap_or(name);
        let full_name = if name.contains('.') { bare.to_owned() } else { join(&self.file.package, bare) };
        match self.types.get(&full_name) {
            Some(TypeEntry { kind: Kind::Message, file }) => {
                if is_empty(name) && !role.may_be_empty(method) {
                    let message = format!(
                        "{method} names {full_name} as {}; fields can never be added to that",
                        role.field
                    );
                    self.push(
                        role,
                        name,
                        at,
                        Diagnostic::warning(role.type_rule, message)
                            .help("define a message for it, without fields if there is nothing to say yet"),
                    );
                }
                let unimported = file.filter(|file| !self.imports.reaches(self.index, *file));
                let unimported = unimported.map(|file| self.request.files[file].name.clone());
                if let Some(defined_in) = &unimported {
                    let message = format!(
                        "{method} names {full_name} as {}, but {} does not import it",
                        role.field, self.file.name
                    );
                    self.push(
                        role,
                        name,
                        at,
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
                    at,
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
                self.push(role, name, at, Diagnostic::error(role.type_rule, message).help(help));
                None
            }
        }
    }

    /// Reports something about a name in `operation_info`.
    fn push(&mut self, role: &Role, name: &str, at: &[i32], diagnostic: Diagnostic) {
        self.report.push(diagnostic.at(self.source.locate(at)).focus([role.field, name]));
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
