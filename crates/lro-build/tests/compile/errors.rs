//! Every kind of bad input has an error that names its place, and leaves what was generated before as it was.

use std::fs;

use crate::support::{Project, SHOP};

#[test]
fn a_missing_file_names_the_includes_that_were_searched() {
    let project = Project::new(&[]);
    let error = project.compile("missing.proto").unwrap_err();
    assert!(error.is_proto());
    let text = error.to_string();
    assert!(text.contains("missing.proto"), "{text}");
    assert!(text.contains(&format!("searched are: {}", project.protos().display())), "{text}");
}

#[test]
fn an_import_that_is_nowhere_names_its_line_and_the_includes() {
    let project = Project::new(&[("shop.proto", "syntax = \"proto3\";\nimport \"nowhere.proto\";\n")]);
    let error = project.compile("shop.proto").unwrap_err();
    assert!(error.is_proto());
    let text = error.to_string();
    assert!(text.contains("shop.proto:2:1"), "{text}");
    assert!(text.contains("nowhere.proto"), "{text}");
    assert!(text.contains(&project.protos().display().to_string()), "{text}");
}

#[test]
fn a_syntax_error_names_its_line_and_column() {
    let project =
        Project::new(&[("shop.proto", "syntax = \"proto3\";\nmessage Order {\n  string = 1;\n}\n")]);
    let error = project.compile("shop.proto").unwrap_err();
    assert!(error.is_proto());
    assert!(error.to_string().contains("shop.proto:3:10"), "{error}");
}

#[test]
fn a_type_that_is_unknown_to_protobuf_names_its_line() {
    let project =
        Project::new(&[("shop.proto", "syntax = \"proto3\";\nmessage Order {\n  Lost item = 1;\n}\n")]);
    let error = project.compile("shop.proto").unwrap_err();
    assert!(error.is_proto());
    assert!(error.to_string().contains("shop.proto:3:3"), "{error}");
    assert!(error.to_string().contains("Lost"), "{error}");
}

#[test]
fn a_type_that_is_unknown_to_an_annotation_names_its_line_and_the_rule() {
    let text = SHOP.replace("response_type: \"Order\"", "response_type: \"Ordre\"");
    let project = Project::new(&[("shop.proto", &text)]);
    let error = project.compile("shop.proto").unwrap_err();
    assert!(error.is_codegen());
    assert_eq!(error.diagnostics().unwrap().iter().count(), 1);
    let text = error.to_string();
    assert!(text.contains("shop.proto:6:"), "{text}");
    assert!(text.contains("\"Ordre\"") && text.contains("did you mean \"Order\"?"), "{text}");
}

#[test]
fn cargo_says_that_it_is_an_error_and_nobody_else() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    let builder = project.builder().extern_path("shop", "::shop").allow("nothing");
    let text = project.compile_with(&builder, "shop.proto").unwrap_err().to_string();
    assert!(text.starts_with("there is no rule `nothing`") && !text.contains("error: "), "{text}");
}

#[test]
fn the_debug_form_is_the_display_form_since_that_is_what_cargo_shows() {
    let error = Project::new(&[]).compile("missing.proto").unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    fs::write(project.out(), "a file where the folder should be").unwrap();
    let error = project.compile("shop.proto").unwrap_err();
    assert!(error.is_io());
    assert!(error.to_string().contains(&project.out().display().to_string()), "{error}");
}

#[test]
fn bytes_that_are_no_descriptor_set_are_refused() {
    let project = Project::new(&[]);
    let error = project.builder().compile_descriptor_set(b"\xff\xff").unwrap_err();
    assert!(error.is_proto());
    let text = error.to_string();
    assert!(
        text.starts_with("this is no FileDescriptorSet: ") && text.contains("--include_imports"),
        "{text}"
    );
    assert_eq!(project.written(), [""; 0]);
}

#[test]
fn nothing_is_written_when_one_of_several_files_cannot_be() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    project.compile("shop.proto").unwrap();
    let before = project.generated("shop.v1.rs");

    // The package changes, and a second file cannot be written because a folder has its name.
    project.write("shop.proto", &SHOP.replace("message Order {}", "message Order { string id = 1; }"));
    let set = project.out().join("shop.binpb");
    fs::create_dir_all(&set).unwrap();
    let builder = project.builder().file_descriptor_set_path(&set);
    let error = project.compile_with(&builder, "shop.proto").unwrap_err();

    assert!(error.is_io());
    assert!(error.to_string().contains("shop.binpb"), "{error}");
    assert!(project.generated("shop.v1.rs") == before, "the other file was written");
    assert_eq!(project.written(), ["shop.binpb", "shop.v1.rs"], "what was staged is taken away");
}

#[test]
fn nothing_is_written_when_an_annotation_is_wrong() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    project.compile("shop.proto").unwrap();
    let before = project.generated("shop.v1.rs");
    project.write("shop.proto", &SHOP.replace("\"Order\"", "\"Lost\""));
    project.compile("shop.proto").unwrap_err();
    assert_eq!(project.generated("shop.v1.rs"), before);
}
