//! Protos that protoc takes and that protox alone would refuse, or read otherwise.

use std::fs;

use prost::Message as _;
use prost_types::descriptor_proto::ExtensionRange;
use prost_types::{FileDescriptorSet, OneofDescriptorProto};

use crate::support::Project;

/// The descriptors of a project whose `main.proto` compiles.
#[track_caller]
fn compiled(project: &Project) -> FileDescriptorSet {
    let set = project.out().join("set.binpb");
    project.compile_with(&project.builder().file_descriptor_set_path(&set), "main.proto").unwrap();
    FileDescriptorSet::decode(&fs::read(set).unwrap()[..]).unwrap()
}

/// The types of the fields of the first message of a file.
fn types<'a>(set: &'a FileDescriptorSet, file: &str) -> Vec<&'a str> {
    let file = set.file.iter().find(|candidate| candidate.name() == file).unwrap();
    file.message_type[0].field.iter().map(prost_types::FieldDescriptorProto::type_name).collect()
}

#[test]
fn names_are_resolved_through_imports_only() {
    // `x.ext.config` is a package of this run, but none that `tls.proto` imports.
    let project = Project::new(&[
        ("main.proto", "syntax = \"proto3\"; package x; import \"other.proto\"; import \"tls.proto\";"),
        ("other.proto", "syntax = \"proto3\"; package x.ext.config; message E {}"),
        (
            "core.proto",
            "syntax = \"proto3\"; package x.config.core; import \"google/protobuf/descriptor.proto\"; message D { message I {} }\n\
             extend google.protobuf.FieldOptions { int32 note = 50001; }",
        ),
        (
            "tls.proto",
            "syntax = \"proto3\"; package x.ext.tls; import \"core.proto\";\n\
             message T { config.core.D d = 1 [(config.core.note) = 7]; message N { config.core.D.I i = 1; } map<string, config.core.D> m = 2; }\n\
             service S { rpc Get(config.core.D) returns (stream config.core.D.I); }",
        ),
    ]);
    let set = compiled(&project);
    assert_eq!(types(&set, "tls.proto"), [".x.config.core.D", ".x.ext.tls.T.MEntry"]);
    let file = set.file.iter().find(|file| file.name() == "tls.proto").unwrap();
    let nested = &file.message_type[0].nested_type;
    let nested =
        nested.iter().flat_map(|message| &message.field).filter_map(|field| field.type_name.as_deref());
    assert_eq!(nested.collect::<Vec<_>>(), [".x.config.core.D.I", ".x.config.core.D"]);
    let method = &file.service[0].method[0];
    assert_eq!((method.input_type(), method.output_type()), (".x.config.core.D", ".x.config.core.D.I"));
}

#[test]
fn an_inner_scope_that_is_imported_hides_an_outer_one() {
    let project = Project::new(&[
        (
            "main.proto",
            "syntax = \"proto3\"; package x.ext.tls; import \"core.proto\"; import \"other.proto\";\nmessage T { config.core.D d = 1; }",
        ),
        ("other.proto", "syntax = \"proto3\"; package x.ext.config; message E {}"),
        ("core.proto", "syntax = \"proto3\"; package x.config.core; message D {}"),
    ]);
    let error = project.compile("main.proto").unwrap_err();
    assert!(error.is_proto());
    assert!(error.to_string().contains("'config.core.D' resolves to 'x.ext.config.core.D'"), "{error}");
}

#[test]
fn public_imports_are_followed_to_their_end() {
    let link = |name: &str, next: &str| {
        format!("syntax = \"proto3\"; package link; import public \"{next}.proto\"; message {name} {{}}")
    };
    let project = Project::new(&[
        ("main.proto", "syntax = \"proto3\"; package main; import \"a.proto\"; message M { link.E e = 1; }"),
        ("a.proto", &link("A", "b")),
        ("b.proto", &link("B", "c")),
        ("c.proto", &link("C", "d")),
        ("d.proto", &link("D", "e")),
        ("e.proto", "syntax = \"proto3\"; package link; message E {}"),
    ]);
    assert_eq!(types(&compiled(&project), "main.proto"), [".link.E"]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_proto() {
    let text = "\u{feff}syntax = \"proto3\"; package a; message A { string a = 1; }";
    assert_eq!(compiled(&Project::new(&[("main.proto", text)])).file[0].package(), "a");
    // Columns are those of the text behind it.
    let project = Project::new(&[("main.proto", &text.replace("string", "strung"))]);
    let error = project.compile("main.proto").unwrap_err().to_string();
    assert!(error.contains("main.proto:1:43]"), "{error}");
}

#[test]
fn the_oneof_of_an_optional_field_gives_way_to_a_name_in_use() {
    let text = "syntax = \"proto3\"; message A { optional int32 oo = 1; oneof _oo { int32 a = 2; } oneof X_oo { int32 b = 3; } }";
    let project = Project::new(&[("main.proto", text)]);
    let set = project.out().join("set.binpb");
    // Their names in Rust are alike, so there are no messages of it.
    let builder = project.builder().emit(lro_build::Emit::Lro).file_descriptor_set_path(&set);
    project.compile_with(&builder, "main.proto").unwrap();
    let set = FileDescriptorSet::decode(&fs::read(set).unwrap()[..]).unwrap();
    let names: Vec<&str> =
        set.file[0].message_type[0].oneof_decl.iter().map(OneofDescriptorProto::name).collect();
    assert_eq!(names, ["_oo", "X_oo", "XX_oo"]);
}

#[test]
fn paragraphs_of_block_comments_stay_apart() {
    let text = "syntax = \"proto3\"; package a;\n/* One.\n\n   Two.\n */\nmessage A {}";
    let project = Project::new(&[("main.proto", text)]);
    project.compile("main.proto").unwrap();
    let code = project.generated("a.rs");
    assert!(code.contains("/// One.\n///\n/// Two.\n"), "{code}");
}

#[test]
fn extension_declarations_of_a_single_number_are_read() {
    let text = "syntax = \"proto2\"; package a; message A { extensions 1, 7 [declaration = { number: 7 full_name: \".a.b\" }]; }\n\
                extend A { optional int32 b = 7; }";
    let set = compiled(&Project::new(&[("main.proto", text)]));
    let starts: Vec<i32> =
        set.file[0].message_type[0].extension_range.iter().map(ExtensionRange::start).collect();
    assert_eq!(starts, [1, 7]);
}

#[test]
fn a_copy_of_descriptors_that_cannot_be_read_is_not_needed() {
    let project = Project::new(&[
        (
            "main.proto",
            "syntax = \"proto3\"; package a; import \"google/protobuf/descriptor.proto\";\n\
             extend google.protobuf.FieldOptions { int32 note = 50001; } message A { int32 a = 1 [(note) = 3]; }",
        ),
        (
            "google/protobuf/descriptor.proto",
            "edition = \"2024\"; package google.protobuf; export message Later {}",
        ),
    ]);
    compiled(&project);
}

#[test]
fn an_edition_has_a_way_around() {
    let project = Project::new(&[("main.proto", "// About it.\nedition = \"2023\";\npackage a;\n")]);
    let error = project.compile("main.proto").unwrap_err();
    assert!(error.is_proto());
    let protos = project.protos().display().to_string();
    let shown = error.to_string().replace(&protos, "PROTOS");
    insta::assert_snapshot!(shown, @r"
    PROTOS/main.proto: this file uses an edition, which only protoc and buf can read
      help: let protoc read it, `protoc --include_imports --include_source_info --descriptor_set_out=protos.binpb -IPROTOS PROTOS/main.proto`, and pass the bytes of protos.binpb to `Builder::compile_descriptor_set`. With editions that is for `emit(Emit::Lro)`, since prost-build cannot generate their messages
    ");
}

#[test]
fn names_that_only_differ_in_case_have_a_way_around() {
    let text = "syntax = \"proto3\"; package a; message A { string self = 1; string Self = 2; }";
    let project = Project::new(&[("main.proto", text)]);
    let shown = project.compile("main.proto").unwrap_err().to_string();
    assert!(shown.contains("--descriptor_set_out=") && shown.contains("compile_descriptor_set"), "{shown}");
}

#[test]
fn two_options_of_one_number_are_an_error_that_has_a_way_out() {
    let text = "syntax = \"proto3\";\npackage acme;\nimport \"google/protobuf/descriptor.proto\";\n\
        import \"google/longrunning/operations.proto\";\n\
        extend google.protobuf.MethodOptions { int32 limit = 1049; }\n\
        service Shop { rpc Sell(Item) returns (Item) { option (acme.limit) = 5; } }\nmessage Item {}\n";
    let project = Project::new(&[("shop.proto", text)]);
    let error = project.compile("shop.proto").unwrap_err().to_string();
    assert!(error.contains("shop.proto: prost-reflect cannot check this file"), "{error}");
    assert!(error.contains("Builder::compile_descriptor_set"), "{error}");
}
