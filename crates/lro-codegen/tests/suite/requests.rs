//! Requests that no compiler makes.

use lro_codegen::encode_request;
use prost::Message as _;
use prost_types::{
    DescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto, ServiceDescriptorProto,
};

use crate::support::{Proto, RawSet, check, descriptor_set, proto, request_for, run};

fn message(name: &str) -> DescriptorProto {
    DescriptorProto { name: Some(name.to_owned()), ..Default::default() }
}

fn file(name: &str, package: &str) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some(name.to_owned()),
        package: Some(package.to_owned()),
        syntax: Some("proto3".to_owned()),
        ..Default::default()
    }
}

fn service(name: &str, rpc: &str, input: &str) -> ServiceDescriptorProto {
    let method = MethodDescriptorProto {
        name: Some(rpc.to_owned()),
        input_type: Some(input.to_owned()),
        output_type: Some(input.to_owned()),
        ..Default::default()
    };
    ServiceDescriptorProto { name: Some(name.to_owned()), method: vec![method], options: None }
}

fn set(files: impl Into<Vec<FileDescriptorProto>>) -> Vec<u8> {
    FileDescriptorSet { file: files.into() }.encode_to_vec()
}

#[test]
fn names_that_are_no_identifiers_are_refused() {
    let mut bad = file("bad.proto", "example.1st..{}");
    let mut outer = message("Outer");
    outer.nested_type = vec![message("In ner")];
    bad.message_type = vec![outer, message("Bo\u{f6}k"), message("_"), message("\"#; panic!()")];
    bad.service = vec![service("Li-brary", "Get\nBook", ".example.Outer")];
    check("request_identifiers", &run(request_for(set([bad]), ["bad.proto"], "")));
}

#[test]
fn names_have_a_length() {
    let deep = file("deep.proto", &vec!["a"; 100_000].join("."));
    let mut long = file("long.proto", "example");
    long.message_type = vec![message(&"A".repeat(512)), message(&"A".repeat(513))];
    long.service = vec![service("S", "Get", &format!(".example.{}", "A".repeat(1 << 20)))];
    let request = request_for(set([deep, long]), ["deep.proto", "long.proto"], "include_file=mod.rs");
    check("request_long_names", &run(request));
}

#[test]
fn the_same_file_twice_and_one_without_a_name_are_refused() {
    let files = [file("a.proto", "a"), file("a.proto", "a"), file("", "b")];
    check("request_duplicate_file", &run(request_for(set(files), ["a.proto"], "")));
}

#[test]
fn a_target_that_is_not_there_is_refused() {
    check(
        "request_missing_target",
        &run(request_for(set([file("a.proto", "a")]), ["a.proto", "b.proto"], "")),
    );
}

#[test]
fn method_types_that_are_not_there_are_refused() {
    let mut lone = file("lone.proto", "example");
    lone.message_type = vec![message("Here")];
    lone.service = vec![
        service("Lone", "Get", ".example.Gone"),
        service("Other", "Get", "Here"),
        service("None", "Get", ""),
    ];
    check("request_method_types", &run(request_for(set([lone]), ["lone.proto"], "")));
}

#[test]
fn one_service_in_two_files_of_a_package_is_refused() {
    let one = |name| -> Proto {
        proto(name, "example", "service Library { rpc Get(Item) returns (Item); }\nmessage Item {}")
    };
    let mut both = RawSet::of(&[one("a.proto")]);
    // No compiler lets this pass, so the second file is compiled alone.
    both.file.push(RawSet::of(&[one("b.proto")]).file.pop().unwrap());
    check("request_duplicate_service", &run(request_for(both.encode_to_vec(), ["a.proto", "b.proto"], "")));
}

#[test]
fn bytes_that_are_no_request_are_refused() {
    check("request_not_whole", &run(vec![0x0a, 0x20, b'a']));
    check("request_broken_file", &run(vec![0x0a, 1, b'a', 0x7a, 2, 0x0a, 0x09]));
    insta::assert_snapshot!(encode_request(vec![0x0a, 0x20], []).unwrap_err(), @r"
    error: this is not a whole FileDescriptorSet: failed to decode Protobuf message: FileDescriptorSet.file: buffer underflow [lro::input]
      help: it may have been cut short; run the plugin through protoc or buf
    ");
}

#[test]
fn an_empty_request_asks_for_nothing() {
    let output = run(Vec::new()).unwrap();
    assert!(output.files().is_empty() && output.warnings().is_empty());
}

#[test]
fn positions_are_left_out_where_there_is_no_source_info() {
    let body = "service Shop { rpc Get(Item) returns (Item) { \
                option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" }; } } message Item {}";
    let mut set = RawSet::decode(&descriptor_set(&[proto("shop.proto", "example", body)])[..]).unwrap();
    // An empty field 9 cannot take one away, so the source info is made unreadable: that is no reason to fail either.
    set.file.last_mut().unwrap().extend([0x4a, 2, 0x0a, 0x09]);
    check("request_no_positions", &run(request_for(set.encode_to_vec(), ["shop.proto"], "emit=lro")));
}
