//! What prost-build would write and nobody could compile: two things under one name, and fields of types that there are not.

use std::collections::HashMap;

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto};

use crate::diagnostics::report::Report;
use crate::diagnostics::rules::Rule;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::ident::{oneof_type, snake, type_name};
use crate::input::path;
use crate::input::source::location;
use crate::missing::lacking;
use crate::model::join;
use crate::paths::TypePaths;

/// The names of all messages that are generated.
pub(super) struct Names<'a> {
    paths: &'a TypePaths,
    /// Types by their Rust path.
    types: HashMap<String, String>,
    report: Report,
}

impl<'a> Names<'a> {
    pub(super) fn new(paths: &'a TypePaths) -> Self {
        Self { paths, types: HashMap::new(), report: Report::default() }
    }

    /// Looks at all types of a file.
    pub(super) fn add(&mut self, file: &FileDescriptorProto) {
        let scope = Scope { file, full_name: file.package(), module: file.package() };
        for (number, message) in (0..).zip(&file.message_type) {
            self.message(&scope, message, &[path::FILE_MESSAGE, number]);
        }
        for (number, enumeration) in (0..).zip(&file.enum_type) {
            self.enumeration(&scope, enumeration, &[path::FILE_ENUM, number]);
        }
    }

    /// Fails if any name is there twice.
    pub(super) fn finish(self) -> Result<(), Diagnostics> {
        self.report.finish().map(drop)
    }

    fn message(&mut self, scope: &Scope<'_>, message: &DescriptorProto, at: &[i32]) {
        // The entries of maps are messages to the compiler, and nothing to Rust.
        if is_map_entry(message) {
            return;
        }
        let full_name = join(scope.full_name, message.name());
        if self.is_elsewhere(&full_name) {
            return;
        }
        self.claim_type(scope, "message", message.name(), at);
        let module = snake(message.name());
        // A name that begins with a digit in Rust is not put in another case.
        if has_module(message) && module == type_name(message.name()) {
            let within = format!("the types within message {full_name}");
            self.refuse(scope, &format!("message {full_name}"), &within, &format!("`{module}`"), at);
        }
        let module = format!("{}::{module}", scope.module);
        let scope = Scope { file: scope.file, full_name: &full_name, module: &module };
        self.fields(&scope, message, at);
        for (number, nested) in (0..).zip(&message.nested_type) {
            self.message(&scope, nested, &[at, &[path::MESSAGE_NESTED, number]].concat());
        }
        for (number, enumeration) in (0..).zip(&message.enum_type) {
            self.enumeration(&scope, enumeration, &[at, &[path::MESSAGE_ENUM, number]].concat());
        }
    }

    fn enumeration(&mut self, scope: &Scope<'_>, enumeration: &EnumDescriptorProto, at: &[i32]) {
        let full_name = join(scope.full_name, enumeration.name());
        if self.is_elsewhere(&full_name) {
            return;
        }
        self.name(scope, "enum", enumeration.name(), at);
        self.claim_type(scope, "enum", enumeration.name(), at);
        for (number, value) in (0..).zip(&enumeration.value) {
            self.name(scope, "value", value.name(), &[at, &[path::ENUM_VALUE, number]].concat());
        }
    }

    /// Refuses a name that nothing is left of in Rust. Those of messages are known to be good.
    fn name(&mut self, scope: &Scope<'_>, kind: &str, name: &str, at: &[i32]) {
        if name.bytes().all(|letter| letter == b'_') {
            let message =
                format!("{kind} {} has a name without a letter or digit", join(scope.full_name, name));
            let diagnostic = Diagnostic::error(Rule::Messages, message).at(scope.locate(at));
            self.report
                .push(diagnostic.help("rename it, or use emit=lro and generate messages in another way"));
        }
    }

    fn is_elsewhere(&self, full_name: &str) -> bool {
        self.paths.is_external(full_name)
    }

    fn claim_type(&mut self, scope: &Scope<'_>, kind: &str, name: &str, at: &[i32]) {
        let what = format!("{kind} {}", join(scope.full_name, name));
        self.claim_rust_type(scope, &what, &type_name(name), at);
    }

    fn claim_rust_type(&mut self, scope: &Scope<'_>, what: &str, rust: &str, at: &[i32]) {
        if let Some(first) = self.types.insert(format!("{}::{rust}", scope.module), what.to_owned()) {
            self.refuse(scope, &first, what, &format!("the type `{rust}`"), at);
        }
    }

    fn fields(&mut self, scope: &Scope<'_>, message: &DescriptorProto, at: &[i32]) {
        let oneof = |field: &FieldDescriptorProto| field.oneof_index.filter(|_| !field.proto3_optional());
        let fields = (0..).zip(&message.field).map(|(number, one)| {
            let group = oneof(one);
            let rust = if group.is_some() { type_name(one.name()) } else { snake(one.name()) };
            (group, rust, "field", one.name(), [path::MESSAGE_FIELD, number])
        });
        let has_fields = |number| message.field.iter().any(|field| oneof(field) == Some(number));
        let oneofs = (0..).zip(&message.oneof_decl).filter(|(number, _)| has_fields(*number));
        let oneofs = oneofs.map(|(number, one)| {
            (None, snake(one.name()), "oneof", one.name(), [path::MESSAGE_ONEOF, number])
        });
        let mut names = HashMap::new();
        self.types_of_fields(scope, message, at);
        for (group, rust, kind, name, last) in fields.chain(oneofs) {
            self.name(scope, kind, name, &[at, &last].concat());
            if let Some((first_kind, first)) = names.get(&(group, rust.clone())) {
                let first = format!("{first_kind} {}.{first}", scope.full_name);
                let second = format!("{kind} {}.{name}", scope.full_name);
                self.refuse(scope, &first, &second, &format!("`{rust}`"), &[at, &last].concat());
            } else {
                names.insert((group, rust), (kind, name));
            }
        }
        self.accessors(scope, message, at);
        for (number, one) in (0..).zip(&message.oneof_decl).filter(|(number, _)| has_fields(*number)) {
            let nested = message.nested_type.iter().map(DescriptorProto::name);
            let enums = message.enum_type.iter().map(EnumDescriptorProto::name);
            let rust = oneof_type(one.name(), nested.chain(enums));
            let what = format!("oneof {}.{}", scope.full_name, one.name());
            self.claim_rust_type(scope, &what, &rust, &[at, &[path::MESSAGE_ONEOF, number]].concat());
        }
    }

    /// Fields of types that are taken for those of another crate, which does not have them.
    fn types_of_fields(&mut self, scope: &Scope<'_>, message: &DescriptorProto, at: &[i32]) {
        for (number, field) in (0..).zip(&message.field) {
            let type_name = map_value(message, field).unwrap_or(field).type_name().trim_start_matches('.');
            if let Some(package) = self.paths.lacking(type_name) {
                let what = format!("field {}.{} is a {type_name}", scope.full_name, field.name());
                let place = scope.locate(&[at, &[path::MESSAGE_FIELD, number]].concat());
                self.report.push(lacking(Rule::Messages, &what, type_name, package).at(place));
            }
        }
    }

    /// The methods that prost derives for fields with enums: one field's can be another's.
    fn accessors(&mut self, scope: &Scope<'_>, message: &DescriptorProto, at: &[i32]) {
        if !message.field.iter().any(|field| field.r#type() == Type::Enum) {
            return;
        }
        let mut methods: HashMap<String, &str> = HashMap::new();
        for (number, one) in (0..).zip(&message.field) {
            if one.oneof_index.is_some() && !one.proto3_optional() {
                continue;
            }
            let name = snake(one.name());
            let bare = name.trim_start_matches("r#");
            let own = match (one.r#type(), one.label()) {
                (Type::Enum, Label::Repeated) => vec![bare.to_owned(), format!("push_{bare}")],
                (Type::Enum, _) => vec![bare.to_owned(), format!("set_{bare}")],
                (Type::Message, Label::Repeated) if is_map_of_enums(message, one) => {
                    vec![format!("get_{bare}"), format!("insert_{bare}")]
                }
                (Type::Message | Type::Group, _) => Vec::new(),
                // Only these may be absent, which a method then makes up for.
                (_, Label::Optional) if one.proto3_optional() || scope.file.syntax() != "proto3" => {
                    vec![bare.to_owned()]
                }
                _ => Vec::new(),
            };
            for method in own {
                if let Some(first) = methods.get(&method) {
                    let first = format!("field {}.{first}", scope.full_name);
                    let second = format!("field {}.{}", scope.full_name, one.name());
                    let at = [at, &[path::MESSAGE_FIELD, number]].concat();
                    self.refuse(scope, &first, &second, &format!("the method `{method}`"), &at);
                } else {
                    methods.insert(method, one.name());
                }
            }
        }
    }

    fn refuse(&mut self, scope: &Scope<'_>, first: &str, second: &str, rust: &str, at: &[i32]) {
        let message = format!("{first} and {second} would both become {rust} in Rust");
        self.report.push(
            Diagnostic::error(Rule::NameCollision, message)
                .at(scope.locate(at))
                .help("rename one of them, or use emit=lro and generate messages in another way"),
        );
    }
}

/// Whether prost-build makes a module for what a message holds.
fn has_module(message: &DescriptorProto) -> bool {
    !message.nested_type.iter().all(is_map_entry)
        || !message.enum_type.is_empty()
        || message.field.iter().any(|field| field.oneof_index.is_some() && !field.proto3_optional())
}

/// Whether a repeated field is a map to enums.
fn is_map_of_enums(message: &DescriptorProto, field: &FieldDescriptorProto) -> bool {
    map_value(message, field).is_some_and(|value| value.r#type() == Type::Enum)
}

/// The values of a field that is a map.
fn map_value<'m>(
    message: &'m DescriptorProto,
    field: &FieldDescriptorProto,
) -> Option<&'m FieldDescriptorProto> {
    let entry = field.type_name().rsplit('.').next()?;
    let entry = message
        .nested_type
        .iter()
        .filter(|nested| is_map_entry(nested))
        .find(|nested| nested.name() == entry)?;
    entry.field.iter().find(|field| field.number() == 2)
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    message.options.as_ref().is_some_and(prost_types::MessageOptions::map_entry)
}

/// Where a type is defined.
struct Scope<'a> {
    file: &'a FileDescriptorProto,
    /// The full name of what is around it.
    full_name: &'a str,
    /// The Rust module it is in.
    module: &'a str,
}

impl Scope<'_> {
    /// Where an element of the file stands.
    fn locate(&self, at: &[i32]) -> Location {
        let locations = self.file.source_code_info.iter().flat_map(|info| &info.location);
        let span = locations.filter(|location| location.path == at).map(|location| &location.span[..]).next();
        location(self.file.name(), span.unwrap_or_default(), at)
    }
}
