//! The list of methods that tools ask for.

use lro_codegen::methods;

use crate::support::{descriptor_set, proto};

#[test]
fn methods_are_listed_by_file_with_their_types_in_full() {
    let service = |name: &str, response: &str| {
        format!(
            "service {name} {{ rpc Get(Item) returns (Item); rpc Plain(Item) returns (google.longrunning.Operation); \
             rpc Run(Item) returns (google.longrunning.Operation) {{ option (google.longrunning.operation_info) = \
             {{ response_type: \"{response}\" metadata_type: \"google.protobuf.Empty\" }}; }} }} message Item {{}}"
        )
    };
    let files = [
        proto("z.proto", "example.z", &service("Last", "Item")),
        proto("b.proto", "example.b", &service("First", "example.z.Item")),
    ];
    let found: Vec<String> = methods(descriptor_set(&files))
        .unwrap()
        .iter()
        .map(|method| {
            let types = method.types.as_ref().map(|(response, metadata)| {
                let unimported = response.unimported.as_deref().unwrap_or("-");
                format!("{} ({unimported}), {}", response.full_name, metadata.full_name)
            });
            format!(
                "{} {}.{}: {}",
                method.file,
                method.service,
                method.method,
                types.as_deref().unwrap_or("plain")
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "b.proto example.b.First.Plain: plain",
            "b.proto example.b.First.Run: example.z.Item (z.proto), google.protobuf.Empty",
            "z.proto example.z.Last.Plain: plain",
            "z.proto example.z.Last.Run: example.z.Item (-), google.protobuf.Empty",
        ]
    );
}

#[test]
fn annotations_that_cannot_be_resolved_are_refused() {
    let body = "service Bad { rpc Run(Item) returns (google.longrunning.Operation) { \
                option (google.longrunning.operation_info) = { response_type: \"Gone\" metadata_type: \"Gone\" }; } } message Item {}";
    let problems = methods(descriptor_set(&[proto("bad.proto", "example", body)])).unwrap_err();
    assert_eq!(problems.iter().count(), 2);
    assert!(methods(vec![0x0a, 0x20]).is_err());
}
