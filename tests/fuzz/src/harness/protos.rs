//! Files made of arbitrary choices: more of them get past the checks of names and types than do of arbitrary bytes.

use arbitrary::Arbitrary;
use prost::Message as _;
use prost_types::source_code_info::Location;
use prost_types::{EnumValueDescriptorProto, OneofDescriptorProto, SourceCodeInfo};

use super::descriptor::{self, EnumType, MessageType, UUID4};
use super::words::{NAMES, PACKAGES, PATHS, SWITCHES, TEMPLATES, pick};

/// The files of a run and its options.
#[derive(Debug, Arbitrary)]
pub(crate) struct Run {
    files: Vec<File>,
    untargeted: u8,
    settings: Vec<Setting>,
}

#[derive(Debug, Arbitrary)]
enum Setting {
    Switch(u8, bool),
    Path(u8, Path),
    Extern(Path, Path),
    Other(String),
}

/// A package and a name in it, by number.
#[derive(Debug, Clone, Arbitrary)]
struct Path(u8, u8);

#[derive(Debug, Arbitrary)]
struct File {
    package: u8,
    syntax: u8,
    imports: u8,
    messages: Vec<Message>,
    enums: Vec<Enum>,
    services: Vec<(Name, Vec<Method>, bool)>,
    comments: Vec<Comment>,
}

#[derive(Debug, Arbitrary)]
struct Message {
    name: Name,
    fields: Vec<Field>,
    oneofs: Vec<Name>,
    nested: Vec<(Name, Vec<Field>)>,
    enums: Vec<Enum>,
}

#[derive(Debug, Arbitrary)]
struct Field {
    name: Name,
    kind: u8,
    type_name: TypeName,
    shape: u8,
    oneof: Option<u8>,
}

#[derive(Debug, Arbitrary)]
struct Enum(Name, Vec<(Name, i8)>);

#[derive(Debug, Arbitrary)]
struct Method {
    name: Name,
    input: TypeName,
    output: Option<TypeName>,
    streaming: u8,
    info: Option<(TypeName, TypeName)>,
    http: Option<u8>,
    routing: Option<Vec<(Name, u8)>>,
}

#[derive(Debug, Arbitrary)]
struct Comment {
    path: Vec<u8>,
    span: Vec<i16>,
    text: String,
    trailing: Option<String>,
}

#[derive(Debug, Arbitrary)]
enum Name {
    Known(u8),
    Numbered(u8, u8),
    Other(String),
}

#[derive(Debug, Arbitrary)]
enum TypeName {
    Known(Path),
    Nested(Path, u8),
    Relative(u8),
    Other(String),
}

impl Run {
    /// The encoded request.
    pub(crate) fn request(&self) -> Vec<u8> {
        let mut files: Vec<descriptor::File> = super::library::files();
        for (number, file) in self.files.iter().enumerate() {
            let known: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
            let built = file.build(number, &known);
            files.push(built);
        }
        let targets = files.iter().skip(1 + usize::from(self.untargeted) % files.len());
        descriptor::Request {
            file_to_generate: targets.map(|file| file.name.clone()).collect(),
            parameter: self.settings.iter().map(Setting::build).collect::<Vec<_>>().join(","),
            proto_file: files,
        }
        .encode_to_vec()
    }
}

impl Setting {
    fn build(&self) -> String {
        match self {
            Self::Switch(number, on) => format!("{}={on}", pick(SWITCHES, *number)),
            Self::Path(number, path) => format!("{}={}", pick(PATHS, *number), path.build()),
            Self::Extern(from, to) => {
                format!(
                    "extern_path={}=::{}",
                    from.build(),
                    to.build().trim_start_matches('.').replace('.', "::")
                )
            }
            Self::Other(text) => text.clone(),
        }
    }
}

impl File {
    fn build(&self, number: usize, known: &[String]) -> descriptor::File {
        let locations = self.comments.iter().map(Comment::build).collect();
        descriptor::File {
            name: format!("file{number}.proto"),
            package: pick(PACKAGES, self.package).to_owned(),
            // The first of all declares the option that most of this is about.
            dependency: known
                .iter()
                .take(1)
                .chain(known.iter().skip(1 + usize::from(self.imports)))
                .cloned()
                .collect(),
            message: self.messages.iter().map(Message::build).collect(),
            enumeration: self.enums.iter().map(Enum::build).collect(),
            service: self
                .services
                .iter()
                .map(|(name, methods, deprecated)| service(name, methods, *deprecated))
                .collect(),
            extension: Vec::new(),
            source_code_info: Some(SourceCodeInfo { location: locations }),
            syntax: pick(&["proto3", "proto2", "", "editions"], self.syntax).to_owned(),
        }
    }
}

impl Message {
    fn build(&self) -> MessageType {
        let nested = |(name, fields): &(Name, Vec<Field>)| MessageType {
            name: name.build(),
            field: fields_of(fields),
            ..MessageType::default()
        };
        let oneof = |name: &Name| OneofDescriptorProto { name: Some(name.build()), options: None };
        MessageType {
            name: self.name.build(),
            field: fields_of(&self.fields),
            nested: self.nested.iter().map(nested).collect(),
            enumeration: self.enums.iter().map(Enum::build).collect(),
            oneof: self.oneofs.iter().map(oneof).collect(),
        }
    }
}

fn fields_of(fields: &[Field]) -> Vec<descriptor::Field> {
    (1..).zip(fields).map(|(number, field)| field.build(number)).collect()
}

impl Field {
    fn build(&self, number: i32) -> descriptor::Field {
        descriptor::Field {
            name: self.name.build(),
            number,
            label: i32::from(self.shape % 4),
            kind: i32::from(self.kind % 20),
            type_name: (self.kind % 20 == 11 || self.kind % 20 == 14).then(|| self.type_name.build()),
            options: if self.shape & 16 == 0 { Vec::new() } else { UUID4.to_vec() },
            oneof_index: self.oneof.map(|index| i32::from(index % 4)),
            proto3_optional: self.shape & 32 != 0,
        }
    }
}

impl Enum {
    fn build(&self) -> EnumType {
        let value = |(name, number): &(Name, i8)| EnumValueDescriptorProto {
            name: Some(name.build()),
            number: Some(i32::from(*number)),
            options: None,
        };
        EnumType { name: self.0.build(), value: self.1.iter().map(value).collect() }
    }
}

fn service(name: &Name, methods: &[Method], deprecated: bool) -> descriptor::Service {
    descriptor::Service {
        name: name.build(),
        method: methods.iter().map(Method::build).collect(),
        // The field `deprecated` is the 33rd.
        options: if deprecated { vec![0x88, 0x02, 1] } else { Vec::new() },
    }
}

impl Method {
    fn build(&self) -> descriptor::Method {
        let options = descriptor::MethodOptions {
            operation_info: self.info.as_ref().map(|(response, metadata)| descriptor::OperationInfo {
                response_type: response.build(),
                metadata_type: metadata.build(),
            }),
            http: self
                .http
                .map(|template| descriptor::HttpRule { post: pick(TEMPLATES, template).to_owned() }),
            routing: self.routing.as_ref().map(|rules| {
                let parameter = |(field, template): &(Name, u8)| descriptor::RoutingParameter {
                    field: field.build(),
                    path_template: pick(TEMPLATES, *template).to_owned(),
                };
                descriptor::RoutingRule { parameter: rules.iter().map(parameter).collect() }
            }),
        };
        descriptor::Method {
            name: self.name.build(),
            input_type: self.input.build(),
            output_type: self
                .output
                .as_ref()
                .map_or_else(|| ".google.longrunning.Operation".to_owned(), TypeName::build),
            options: options.encode_to_vec(),
            client_streaming: self.streaming == 1,
            server_streaming: self.streaming == 2,
        }
    }
}

impl Comment {
    fn build(&self) -> Location {
        Location {
            path: self.path.iter().map(|part| i32::from(*part % 12)).collect(),
            span: self.span.iter().map(|part| i32::from(*part)).collect(),
            leading_comments: Some(self.text.clone()),
            trailing_comments: self.trailing.clone(),
            leading_detached_comments: Vec::new(),
        }
    }
}

impl Name {
    fn build(&self) -> String {
        match self {
            Self::Known(number) => pick(NAMES, *number).to_owned(),
            Self::Numbered(number, suffix) => format!("{}{suffix}", pick(NAMES, *number)),
            Self::Other(text) => text.clone(),
        }
    }
}

impl TypeName {
    fn build(&self) -> String {
        match self {
            Self::Known(path) => path.build(),
            Self::Nested(path, name) => format!("{}.{}", path.build(), pick(NAMES, *name)),
            Self::Relative(name) => pick(NAMES, *name).to_owned(),
            Self::Other(text) => text.clone(),
        }
    }
}

impl Path {
    /// A full name with a leading dot.
    fn build(&self) -> String {
        match pick(PACKAGES, self.0) {
            "" => format!(".{}", pick(NAMES, self.1)),
            package => format!(".{package}.{}", pick(NAMES, self.1)),
        }
    }
}
