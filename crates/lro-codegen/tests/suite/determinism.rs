//! The same input gives the same bytes, whatever the order of the request.

use std::num::NonZeroUsize;

use lro_codegen::{Config, Emit, encode_request};
use prost::Message as _;

use crate::support::{Proto, RawSet, descriptor_set, library, proto, request, run};

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
        proto("lab/a.proto", "example.lab", &("import \"lab/sample.proto\";".to_owned() + &body("Ant"))),
        proto("lab/b.proto", "example.lab", &("import \"lab/sample.proto\";".to_owned() + &body("Bee"))),
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

/// A request with more packages than threads: some import others, some have several services, one is much larger than the rest.
fn many_packages() -> Vec<u8> {
    const NAMES: [(&str, &str); 9] = [
        ("p0.proto", "example.p0"),
        ("p1.proto", "example.p1"),
        ("p2.proto", "example.p2"),
        ("p3.proto", "example.p3"),
        ("p4.proto", "example.p4"),
        ("p5.proto", "example.p5"),
        ("p6.proto", "example.p6"),
        ("p7.proto", "example.p7"),
        ("p8.proto", "example.p8"),
    ];
    let mut protos = files();
    for (number, (name, package)) in NAMES.into_iter().enumerate() {
        let messages: Vec<String> = (0..if number == 4 { 200 } else { 3 })
            .map(|message| format!("// Comments\n message M{message} {{ example.lab.Sample sample = 1; M{message} next = 2; }}\n"))
            .collect();
        let services: Vec<String> = (0..number % 4)
            .map(|service| {
                format!(
                    "service S{service} {{ rpc Run(M0) returns (google.longrunning.Operation) {{ option (google.longrunning.operation_info) = \
                     {{ response_type: \"M1\" metadata_type: \"M2\" }}; }} rpc Get(M1) returns (example.lab.Sample); }}\n"
                )
            })
            .collect();
        protos.push(proto(
            name,
            package,
            &format!("import \"lab/sample.proto\";\n{}{}", messages.concat(), services.concat()),
        ));
    }
    request(&protos, "include_file=mod.rs")
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let request = many_packages();
    for emit in [Emit::All, Emit::Lro] {
        let output = |threads| {
            let mut config = Config::default();
            config.emit = emit;
            config.threads = NonZeroUsize::new(threads);
            lro_codegen::generate(request.clone(), &config).unwrap()
        };
        let alone = output(1);
        assert!(alone.files().len() > 9);
        for threads in [2, 7] {
            assert_eq!(output(threads), alone, "{threads} threads, {emit:?}");
        }
    }
}

#[test]
fn problems_of_all_packages_are_reported_in_their_order_and_after_warnings() {
    let bad = |name, package| {
        let body = "service Shop { rpc Connect(Item) returns (Item); } message Item {} message item {}";
        proto(name, package, body)
    };
    let request = request(&[bad("a.proto", "example.a"), bad("b.proto", "example.b")], "");
    for threads in [1, 2, 7] {
        let mut config = Config::default();
        config.threads = NonZeroUsize::new(threads);
        let problems = lro_codegen::generate(request.clone(), &config).unwrap_err();
        let places: Vec<String> = problems
            .iter()
            .map(|problem| format!("{} {:?}", problem.location().unwrap().file, problem.severity()))
            .collect();
        assert_eq!(places, ["a.proto Warning", "b.proto Warning", "a.proto Error", "b.proto Error"]);
    }
}
