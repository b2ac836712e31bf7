//! The same input gives the same bytes, whatever the order of the request.

use lro_codegen::encode_request;
use prost::Message as _;

use crate::support::{Proto, RawSet, descriptor_set, library, proto, run};

fn files() -> Vec<Proto> {
    let body = |service: &str| {
        format!(
            "// Comments\n service {service} {{ rpc Run(Sample) returns (google.longrunning.Operation) {{ \
             option (google.longrunning.operation_info) = {{ response_type: \"Sample\" metadata_type: \"google.protobuf.Empty\" }}; }} }}"
        )
    };
    vec![
        library(),
        proto("lab/sample.proto", "example.lab", "message Sample { map<string, string> labels = 1; }"),
        proto("lab/a.proto", "example.lab", &("import \"lab/sample.proto\";".to_owned() + &body("A"))),
        proto("lab/b.proto", "example.lab", &("import \"lab/sample.proto\";".to_owned() + &body("B"))),
    ]
}

fn generate(set: &[u8], targets: &[Proto], parameter: &str) -> lro_codegen::Output {
    run(crate::support::request_for(set.to_vec(), targets.iter().map(|(name, _)| *name), parameter)).unwrap()
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let set = descriptor_set(&files());
    for parameter in ["include_file=mod.rs", "emit=lro,include_file=mod.rs"] {
        let first = generate(&set, &files(), parameter);
        for _ in 0..3 {
            assert_eq!(generate(&set, &files(), parameter), first);
        }
    }
}

#[test]
fn the_order_of_the_targets_does_not_matter() {
    let set = descriptor_set(&files());
    let mut reversed = files();
    reversed.reverse();
    for parameter in ["include_file=mod.rs", "emit=lro,include_file=mod.rs"] {
        assert_eq!(generate(&set, &reversed, parameter), generate(&set, &files(), parameter));
    }
}

#[test]
fn encoding_a_request_keeps_every_byte_of_its_files() {
    let set = RawSet::of(&files());
    let request = encode_request(set.encode_to_vec(), []).unwrap();
    for file in &set.file {
        assert!(request.windows(file.len()).any(|window| window == file));
    }
}
