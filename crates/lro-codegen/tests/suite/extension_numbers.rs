//! Numbers of options that are ours in one file and somebody else's in another.

use prost::Message as _;

use crate::support::{Proto, RawSet, check_generated, generate, library, proto, request_for, run, show};

/// A file of `acme` that uses the number of `operation_info` for an option of its own.
fn acme(kind: &str, value: &str) -> Proto {
    let text = format!(
        "syntax = \"proto2\"; package acme; import \"google/protobuf/descriptor.proto\";
         message Limit {{ optional string a = 1; optional int32 b = 2; }}
         message Rate {{ optional int32 a = 1; }}
         enum Color {{ RED = 1; }}
         extend google.protobuf.MethodOptions {{ optional {kind} limit = 1049; }}
         message Item {{}}
         service Shop {{ rpc Get(Item) returns (Item) {{ option (limit) = {value}; }} }}"
    );
    ("acme.proto", text)
}

const USES: &[(&str, &str)] = &[
    ("int32", "3"),
    ("bool", "true"),
    ("double", "1.5"),
    ("fixed32", "7"),
    ("string", "\"some text\""),
    ("string", "\"\""),
    ("bytes", "\"\\x0a\\x20\""),
    ("Color", "RED"),
    ("Limit", "{ a: \"text\" b: 3 }"),
    ("Rate", "{ a: 3 }"),
];

#[test]
fn the_number_of_an_option_of_another_owner_is_not_ours() {
    for (kind, value) in USES {
        for emit in ["emit=all", "emit=lro"] {
            let result = generate(&[acme(kind, value)], &format!("{emit},warn=core,warn=lro"));
            assert!(result.is_ok(), "{kind} {value}\n{}", show(&result));
            assert_eq!(result.unwrap().warnings(), [], "{kind} {value}");
        }
    }
}

#[test]
fn an_option_is_ours_where_its_file_is_imported_and_nowhere_else() {
    // No compiler lets both into one run, but a set may be put together of two.
    let mut set = RawSet::of(&[library()]);
    set.file.push(RawSet::of(&[acme("Limit", "{ a: \"text\" }")]).file.pop().unwrap());
    let output = run(request_for(set.encode_to_vec(), [library().0, "acme.proto"], "emit=lro")).unwrap();
    assert_eq!(output.warnings(), []);
    let content: String = output.files().iter().map(lro_codegen::File::content).collect();
    assert!(content.contains("mod library_service_lro") && !content.contains("mod shop_lro"), "{content}");
}

#[test]
fn where_both_are_imported_ours_is_on_methods_that_return_operations() {
    let operations = prost_types::FileDescriptorProto {
        dependency: vec!["google/longrunning/operations.proto".to_owned()],
        ..Default::default()
    };
    let said = |(name, text): Proto| {
        let mut set = RawSet::of(&[library()]);
        set.file.push(RawSet::of(&[(name, text)]).file.pop().unwrap());
        let set = set.amend_last(&operations);
        let result = run(request_for(set.encode_to_vec(), ["acme.proto"], "emit=lro"));
        result.map(|output| output.warnings().len()).map_err(|problems| problems.to_string())
    };
    let (name, text) = acme("Limit", "{ a: \"text\" }");
    assert_eq!(said((name, text.clone())), Ok(0));
    // Declared within a message.
    let within =
        text.replace("extend google", "message Holder { extend google").replace("1049; }", "1049; } }");
    assert_eq!(said((name, within.replace("(limit)", "(Holder.limit)"))), Ok(0));
    // Nobody else has the number, so a method of that kind says something that it must not.
    let (_, ours) = proto("acme.proto", "acme", "message Item {} service Shop { rpc Get(Item) returns (Item) {
        option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" }; } }");
    assert!(said((name, ours)).unwrap_err().contains("lro::operation-return"));
}

#[test]
fn a_copy_of_the_package_under_another_name_is_left_alone() {
    let copy = "message Operation { string name = 1; bool done = 3; }
        message OperationInfo { string response_type = 1; string metadata_type = 2; }
        extend google.protobuf.MethodOptions { OperationInfo operation_info = 1049; }
        message GetOperationRequest { string name = 1; }
        service Operations { rpc GetOperation(GetOperationRequest) returns (Operation); }";
    let copy = (
        "acme/operations.proto",
        format!(
            "syntax = \"proto3\"; package acme.longrunning; import \"google/protobuf/descriptor.proto\"; {copy}"
        ),
    );
    let shop = "syntax = \"proto3\"; package acme.shop; import \"acme/operations.proto\";
        message Item {}
        service Shop { rpc Sell(Item) returns (acme.longrunning.Operation) {
          option (acme.longrunning.operation_info) = { response_type: \"Nothing\" metadata_type: \"Itme\" }; } }";
    let files = [copy, ("shop.proto", shop.to_owned())];
    for emit in ["emit=all,include_file=mod.rs", "emit=lro,include_file=mod.rs"] {
        assert_eq!(generate(&files, emit).unwrap().warnings(), []);
    }
    check_generated("extension_numbers_copy", &files, "emit=lro,include_file=mod.rs");
}

fn shop(name: &'static str, imports: &str) -> Proto {
    let body = "message Item {} service Shop { rpc Sell(Item) returns (google.longrunning.Operation) {
        option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" }; } }";
    (name, format!("syntax = \"proto3\"; package example.shop; {imports} {body}"))
}

/// The parts of a file that decide on what its options mean.
#[derive(Clone, PartialEq, prost::Message)]
struct File {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    package: String,
    #[prost(string, repeated, tag = "3")]
    dependency: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "4")]
    message: Vec<Vec<u8>>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    service: Vec<Vec<u8>>,
    #[prost(int32, repeated, tag = "10")]
    public_dependency: Vec<i32>,
    #[prost(string, tag = "12")]
    syntax: String,
    #[prost(string, repeated, tag = "15")]
    option_dependency: Vec<String>,
}

#[test]
fn the_option_is_seen_through_public_imports_and_imports_for_options() {
    const OPERATIONS: &str = "google/longrunning/operations.proto";
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let set = RawSet::of(&[shop("shop.proto", &format!("import \"{OPERATIONS}\";"))]);
    // Whether the service is typed if its file has some imports, and beside it are one that imports the option in public and one that does
    // so for itself alone.
    let typed = |change: &dyn Fn(&mut File)| {
        let mut set = set.clone();
        let mut file = File::decode(&set.file.pop().unwrap()[..]).unwrap();
        file.dependency.clear();
        change(&mut file);
        let between = |name: &str, dependency: &[&str], public_dependency: &[i32]| File {
            name: name.to_owned(),
            dependency: own(dependency),
            public_dependency: public_dependency.to_vec(),
            ..File::default()
        };
        let files = [
            between("private.proto", &[OPERATIONS, "public.proto"], &[]),
            between("public.proto", &["google/protobuf/empty.proto", OPERATIONS], &[1]),
            between("again.proto", &["public.proto"], &[0]),
            between("odd.proto", &[OPERATIONS], &[-1, 7]),
            file,
        ];
        set.file.extend(files.iter().map(File::encode_to_vec));
        let output = run(request_for(set.encode_to_vec(), ["shop.proto"], "emit=lro")).unwrap();
        output.files().iter().any(|file| file.content().contains("mod shop_lro"))
    };
    for (import, is_typed) in [
        (OPERATIONS, true),
        ("public.proto", true),
        ("again.proto", true),
        ("private.proto", false),
        ("odd.proto", false),
        ("missing.proto", false),
    ] {
        assert_eq!(typed(&|file| file.dependency = own(&[import])), is_typed, "{import}");
        assert_eq!(typed(&|file| file.option_dependency = own(&[import])), is_typed, "{import}");
    }
}

#[test]
fn options_of_others_do_not_hide_what_else_a_file_says() {
    // The numbers of google.api.resource and google.api.routing.
    let body = "import \"google/protobuf/descriptor.proto\"; import \"google/api/field_info.proto\";
        extend google.protobuf.MessageOptions { int32 size = 1053; }
        extend google.protobuf.MethodOptions { int32 path = 72295729; }
        message Sell {
          option (size) = 3;
          string request_id = 1 [(google.api.field_info).format = UUID4];
        }
        service Shop { rpc Run(Sell) returns (google.longrunning.Operation) {
          option (path) = 1;
          option (google.longrunning.operation_info) = { response_type: \"Sell\" metadata_type: \"Sell\" }; } }";
    let output = generate(&[proto("shop.proto", "example", body)], "routing_headers").unwrap();
    assert!(output.files()[0].content().contains(".with_request_id("));
}
