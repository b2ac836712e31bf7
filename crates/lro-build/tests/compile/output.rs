//! What is written, and what is left alone.

use std::fs;
use std::time::{Duration, SystemTime};

use prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

use crate::support::{Project, SHOP};

#[test]
fn a_file_whose_content_stays_the_same_keeps_its_time() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    project.compile("shop.proto").unwrap();
    let path = project.out().join("shop.v1.rs");
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();

    project.compile("shop.proto").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);

    project.write("shop.proto", &SHOP.replace("message Order {}", "message Order { string id = 1; }"));
    project.compile("shop.proto").unwrap();
    assert_ne!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
    assert_eq!(project.written(), ["shop.v1.rs"]);
}

#[test]
fn build_scripts_that_write_to_one_folder_do_not_disturb_each_other() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    // Cargo and an editor, say, with different features.
    let variants = [true, false].map(|client| project.builder().client(client));
    std::thread::scope(|scope| {
        for variant in variants.iter().cycle().take(4) {
            scope.spawn(|| (0..8).for_each(|_| project.compile_with(variant, "shop.proto").unwrap()));
        }
    });
    assert_eq!(project.written(), ["shop.v1.rs"]);
    let written = project.generated("shop.v1.rs");
    let whole = variants.iter().any(|variant| {
        project.compile_with(variant, "shop.proto").unwrap();
        project.generated("shop.v1.rs") == written
    });
    assert!(whole, "{} bytes of neither", written.len());
}

#[test]
fn warnings_do_not_keep_code_from_being_written() {
    let plain = "  rpc Order(Order) returns (google.longrunning.Operation);\n}\nmessage";
    let project = Project::new(&[("shop.proto", &SHOP.replace("}\nmessage", plain))]);
    project.compile("shop.proto").unwrap();
    assert_eq!(project.written(), ["shop.v1.rs"]);
}

#[test]
fn the_descriptor_set_holds_the_whole_closure_and_its_annotations() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    let path = project.out().join("sets/shop.binpb");
    project.compile_with(&project.builder().file_descriptor_set_path(&path), "shop.proto").unwrap();

    let bytes = fs::read(path).unwrap();
    let set = FileDescriptorSet::decode(&bytes[..]).unwrap();
    let names: Vec<_> = set.file.iter().map(FileDescriptorProto::name).collect();
    for name in ["google/protobuf/descriptor.proto", "google/longrunning/operations.proto", "shop.proto"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }

    let code = project.generated("shop.v1.rs");
    fs::remove_dir_all(project.out()).unwrap();
    project.builder().compile_descriptor_set(&bytes).unwrap();
    assert_eq!(project.generated("shop.v1.rs"), code, "the annotations are in the set as well");
}

#[test]
fn well_known_types_are_generated_on_request_and_descriptors_are_not() {
    let text = SHOP.replace("message Order {}", "message Order { google.protobuf.Timestamp time = 1; }");
    let text = text.replace("service", "import \"google/protobuf/timestamp.proto\";\nservice");
    let project = Project::new(&[("shop.proto", &text)]);
    project.compile_with(&project.builder().compile_well_known_types(true), "shop.proto").unwrap();
    let code = project.generated("google.protobuf.rs");
    assert!(code.contains("pub struct Timestamp "), "{code}");
    assert!(!code.contains("FileDescriptorProto"), "{code}");
}

#[test]
fn the_layer_alone_stands_beside_the_files_of_prost_build() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    let layer = project.builder().emit(lro_build::Emit::Lro).include_file("mod.rs");
    project.compile_with(&layer, "shop.proto").unwrap();
    assert_eq!(project.written(), ["mod.rs", "shop.v1.lro.rs"]);
    let tree = project.generated("mod.rs");
    assert!(
        tree.contains("include!(\"shop.v1.rs\");") && tree.contains("include!(\"shop.v1.lro.rs\");"),
        "{tree}"
    );
}

#[test]
fn an_include_file_stays_in_its_folder() {
    let project = Project::new(&[("shop.proto", SHOP)]);
    for name in ["", "../mod.rs", "/mod.rs", "shop.v1.rs"] {
        let error = project.compile_with(&project.builder().include_file(name), "shop.proto").unwrap_err();
        assert!(error.is_codegen() && error.to_string().contains("include_file"), "{error}");
    }
    assert!(project.written().is_empty());
}
