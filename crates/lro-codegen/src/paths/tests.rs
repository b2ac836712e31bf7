//! Compares our paths with prost-build's own, over names made to trip either of them.

use std::cell::RefCell;
use std::rc::Rc;

use prost_build::{Module, Service, ServiceGenerator};
use prost_types::{DescriptorProto, FileDescriptorProto, MethodDescriptorProto, ServiceDescriptorProto};

use super::*;
use crate::paths::rust_path::for_prost;

const PACKAGES: &[&str] = &[
    "",
    "example",
    "example.library.v1",
    "example.library.v1.sub",
    "example.LibraryThings.V1Beta2",
    "google.type.async",
    "self.super.crate.Self",
    "HTTPServer.v2alpha1x",
    "_private.with__two",
    "gen.r2d2",
];

const MESSAGES: &[&str] = &[
    "Book",
    "book",
    "Self",
    "self",
    "type",
    "Type",
    "await",
    "gen",
    "HTTPRequest",
    "http_request",
    "IAMPolicy",
    "Foo2Bar",
    "foo_2_bar",
    "Vec3D",
    "_Hidden",
    "Trailing_",
    "__Both__",
    "lower.Inner",
    "Outer.Inner",
    "Outer.type",
    "OUTER.Middle_One.Self",
    "Type.Match.Loop",
    "library.v1.Book",
];

const WELL_KNOWN_MESSAGES: &[&str] = &[
    "Any",
    "BoolValue",
    "BytesValue",
    "DoubleValue",
    "Duration",
    "Empty",
    "FieldMask",
    "FloatValue",
    "Int32Value",
    "Int64Value",
    "ListValue",
    "StringValue",
    "Struct",
    "Timestamp",
    "UInt32Value",
    "UInt64Value",
    "Value",
    "DescriptorProto.ExtensionRange",
];

const EXTERN_PATHS: &[(&str, &str)] = &[
    (".ext", "::ext"),
    (".ext.deep", "crate::DeepThings::v1"),
    (".ext.word", "::ext_crate::r#type::r#async"),
    (".ext.Whole", "::ext_crate::whole::Whole"),
    (".ext.Generic", "::std::vec::Vec<u8>"),
    (".ext.word.Exact", "::ext_crate::r#type::Exact"),
];

const EXTERN_MESSAGES: &[&str] = &[
    "ext.Thing",
    "ext.Thing.Part",
    "ext.deep.Self",
    "ext.deep.type.X",
    "ext.deeper.X",
    "ext.word.Thing",
    "ext.word.gen.Thing",
    "ext.word.Exact",
    "ext.Whole",
    "ext.Whole.Part",
    "ext.Generic",
    "google.longrunning.Operation",
    "google.longrunning.Operation.Nested",
    "google.rpc.Status",
    "google.rpc.Other",
    "google.rpc.BadRequest.FieldViolation",
    "google.rpc.context.AttributeContext",
    "ext.word._2._3",
    "ext._3._4",
];

/// Notes the types of every method instead of generating code.
struct Probe(Rc<RefCell<Vec<(String, String)>>>);

impl ServiceGenerator for Probe {
    fn generate(&mut self, service: Service, buf: &mut String) {
        let types = service.methods.into_iter().map(|method| (method.input_proto_type, method.input_type));
        self.0.borrow_mut().extend(types);
        buf.push('\n');
    }
}

/// What prost-build makes of each type when a service of `package` uses it.
fn by_prost(package: &str, types: &[String]) -> Vec<(String, String)> {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let mut config = prost_build::Config::new();
    config.format(false).service_generator(Box::new(Probe(Rc::clone(&seen))));
    config.prost_path("::lro::codegen::prost").prost_types_path("::lro::codegen::prost_types");
    for (proto, rust) in TypePaths::new(&Config::default(), &mut Report::default()).runtime().types(&[]) {
        config.extern_path(proto, rust);
    }
    for (proto, rust) in EXTERN_PATHS {
        config.extern_path(*proto, for_prost(rust));
    }
    let method = types.iter().map(|name| MethodDescriptorProto {
        name: Some("Probe".to_owned()),
        input_type: Some(format!(".{name}")),
        output_type: Some(format!(".{name}")),
        ..Default::default()
    });
    let service =
        ServiceDescriptorProto { name: Some("Probe".to_owned()), method: method.collect(), options: None };
    let file = FileDescriptorProto {
        name: Some("probe.proto".to_owned()),
        package: (!package.is_empty()).then(|| package.to_owned()),
        message_type: vec![DescriptorProto { name: Some("Unused".to_owned()), ..Default::default() }],
        service: vec![service],
        syntax: Some("proto3".to_owned()),
        ..Default::default()
    };
    config.generate(vec![(Module::from_protobuf_package_name(package), file)]).unwrap();
    seen.take()
}

fn tokens(path: &str) -> String {
    super::tokens(path).to_string()
}

#[test]
fn every_path_is_the_one_that_prost_writes() {
    let own = PACKAGES.iter().flat_map(|package| {
        MESSAGES.iter().map(
            move |name| if package.is_empty() { (*name).to_owned() } else { format!("{package}.{name}") },
        )
    });
    let well_known = WELL_KNOWN_MESSAGES.iter().map(|name| format!("google.protobuf.{name}"));
    let external = EXTERN_MESSAGES.iter().map(|name| (*name).to_owned());
    let types: Vec<String> = own.chain(well_known).chain(external).collect();

    let extern_paths: Vec<(String, String)> =
        EXTERN_PATHS.iter().map(|(proto, rust)| ((*proto).to_owned(), (*rust).to_owned())).collect();
    let mut report = Report::default();
    let paths = TypePaths::new(&Config { extern_paths, ..Config::default() }, &mut report);
    report.finish().unwrap();

    for package in PACKAGES {
        let expected = by_prost(package, &types);
        assert_eq!(expected.len(), types.len());
        for (proto, rust) in expected {
            let ours = paths.rust(&proto[1..], package, 0).to_string();
            assert_eq!(ours, tokens(&rust), "{proto} from package `{package}`");
        }
    }
}

#[test]
fn a_module_below_the_package_goes_up_once_more() {
    let paths = TypePaths::new(&Config::default(), &mut Report::default());
    let rust = |name: &str| paths.rust(name, "example.library.v1", 1).to_string();
    assert_eq!(rust("example.library.v1.Book"), tokens("super::Book"));
    assert_eq!(rust("example.type.Book"), tokens("super::super::super::r#type::Book"));
    assert_eq!(rust("google.protobuf.Empty"), tokens("()"));
}

#[test]
fn well_known_types_that_are_generated_are_found_where_they_are_generated() {
    let mut config = Config::default();
    config.messages.compile_well_known_types = true;
    let paths = TypePaths::new(&config, &mut Report::default());
    assert_eq!(
        paths.rust("google.protobuf.Empty", "example", 0).to_string(),
        tokens("super::google::protobuf::Empty")
    );
}

#[test]
fn the_runtime_may_be_elsewhere() {
    let config = Config { runtime: "::facade::async::lro".to_owned(), ..Config::default() };
    let paths = TypePaths::new(&config, &mut Report::default());
    let rust = |name: &str| paths.rust(name, "example", 1).to_string();
    assert_eq!(rust("google.rpc.Status"), tokens("::facade::r#async::lro::google::rpc::Status"));
    assert_eq!(rust("google.protobuf.Any"), tokens("::facade::r#async::lro::codegen::prost_types::Any"));
    assert_eq!(paths.in_runtime("codegen").to_string(), tokens("::facade::r#async::lro::codegen"));
}

#[test]
fn what_is_held_elsewhere_is_there() {
    let paths = TypePaths::new(&Config::default(), &mut Report::default());
    for (proto, rust) in held::prost_types() {
        let full_name = format!("google.protobuf.{proto}");
        let expected = tokens(&format!("::lro::codegen::{rust}"));
        assert_eq!(paths.rust(&full_name, "example", 0).to_string(), expected);
        assert!(paths.lacking(&full_name).is_none(), "{proto}");
    }
    for name in WELL_KNOWN_MESSAGES {
        assert!(paths.lacking(&format!("google.protobuf.{name}")).is_none(), "{name}");
    }
    for name in
        ["google.longrunning.Operation", "google.rpc.Nothing", "google.protobufs.Nothing", "example.Book"]
    {
        assert!(paths.lacking(name).is_none(), "{name}");
    }
}

#[test]
fn what_is_not_there_is_lacking_unless_the_user_has_it() {
    const LACKING: [(&str, &str); 7] = [
        ("google.protobuf.FeatureSet", "prost-types"),
        ("google.protobuf.FeatureSet.EnumType", "prost-types"),
        ("google.protobuf.Edition", "prost-types"),
        ("google.protobuf.FieldOptions.EditionDefault", "prost-types"),
        ("google.protobuf.contrib.Thing", "prost-types"),
        ("google.longrunning.PauseOperationRequest", "the runtime"),
        ("google.longrunning.v2.Operation", "the runtime"),
    ];
    let lacking = |config: &Config, name: &str| {
        TypePaths::new(config, &mut Report::default()).lacking(name).map(|package| package.holder)
    };
    for (name, holder) in LACKING {
        assert_eq!(lacking(&Config::default(), name), Some(holder), "{name}");
        let extern_paths = vec![(format!(".{name}"), "::own::Type".to_owned())];
        assert_eq!(lacking(&Config { extern_paths, ..Config::default() }, name), None, "{name}");
    }
    let mut config = Config::default();
    config.messages.compile_well_known_types = true;
    assert_eq!(lacking(&config, "google.protobuf.FeatureSet"), None);
}

#[test]
fn of_the_files_that_come_with_compilers_the_newer_types_are_lacking_and_no_others() {
    fn add(message: &DescriptorProto, scope: &str, names: &mut Vec<String>) {
        let name = format!("{scope}.{}", message.name());
        message.nested_type.iter().for_each(|nested| add(nested, &name, names));
        names.extend(message.enum_type.iter().map(|nested| format!("{name}.{}", nested.name())));
        names.push(name);
    }
    let mut compiler = protox::Compiler::with_file_resolver(protox::file::GoogleFileResolver::new());
    compiler.include_imports(true);
    for file in ["api", "compiler/plugin", "empty", "field_mask", "struct", "timestamp", "type", "wrappers"] {
        compiler.open_file(format!("google/protobuf/{file}.proto")).unwrap();
    }
    let mut names = Vec::new();
    for file in compiler.file_descriptor_set().file {
        file.message_type.iter().for_each(|message| add(message, file.package(), &mut names));
        names.extend(file.enum_type.iter().map(|found| format!("{}.{}", file.package(), found.name())));
    }
    let paths = TypePaths::new(&Config::default(), &mut Report::default());
    // The entries of maps are no types of their own.
    names.retain(|name| paths.lacking(name).is_some() && !name.ends_with("Entry"));
    names.sort();
    let expected = [
        "Edition",
        "ExtensionRangeOptions.Declaration",
        "ExtensionRangeOptions.VerificationState",
        "FeatureSet",
        "FeatureSet.EnumType",
        "FeatureSet.FieldPresence",
        "FeatureSet.JsonFormat",
        "FeatureSet.MessageEncoding",
        "FeatureSet.RepeatedFieldEncoding",
        "FeatureSet.Utf8Validation",
        "FeatureSetDefaults",
        "FeatureSetDefaults.FeatureSetEditionDefault",
        "FieldOptions.EditionDefault",
        "FieldOptions.OptionRetention",
        "FieldOptions.OptionTargetType",
        "GeneratedCodeInfo.Annotation.Semantic",
    ];
    assert_eq!(names, expected.map(|name| format!("google.protobuf.{name}")));
}
