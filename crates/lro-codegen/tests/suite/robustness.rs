//! Requests that are cut short or damaged: an answer, never a panic.

use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorProto};

use crate::support::{Random, RawSet, proto, request_for, run};

const MODES: [&str; 2] = ["emit=lro", "emit=all"];

/// A small request with a part of everything that is read.
fn small(parameter: &str) -> Vec<u8> {
    let body = "// C <T>\nservice S { rpc G(A) returns (A); rpc L(A) returns (google.longrunning.Operation) { \
                option (google.longrunning.operation_info) = { response_type: \"A\" metadata_type: \"p.A.N\" }; } }\n\
                message A { string f = 1; message N {} enum E { Z = 0; } }";
    let service = RawSet::of(&[proto("s", "p", body)]).file.pop().unwrap();
    let operations = FileDescriptorProto {
        name: Some("google/longrunning/operations.proto".to_owned()),
        package: Some("google.longrunning".to_owned()),
        message_type: vec![DescriptorProto { name: Some("Operation".to_owned()), ..Default::default() }],
        ..Default::default()
    };
    let set = RawSet { file: vec![operations.encode_to_vec(), service] };
    request_for(set.encode_to_vec(), ["s"], parameter)
}

/// Whether code was generated. Damage that makes prost-build panic is among what is refused; a panic of our own fails the test.
fn generate(request: Vec<u8>) -> bool {
    run(request).is_ok()
}

#[test]
fn the_whole_request_generates_code() {
    for mode in MODES {
        assert!(generate(small(mode)));
    }
}

#[test]
fn a_request_may_end_anywhere() {
    for mode in MODES {
        let whole = small(mode);
        let refused = (0..whole.len()).filter(|length| !generate(whole[..*length].to_vec())).count();
        // Only an end between two fields leaves a request that can be read, and there are few of these.
        assert!(whole.len() - refused < 10, "{refused} of {}", whole.len());
    }
}

#[test]
fn any_bytes_may_be_damaged() {
    let whole = small("emit=lro");
    let mut random = Random(0x5eed);
    for _ in 0..250 {
        let mut damaged = whole.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(damaged.len());
            damaged[at] ^= 1 << random.below(8);
        }
        generate(damaged);
    }
}

#[test]
fn every_bit_may_be_flipped_where_prost_reads_too() {
    let whole = small("emit=all");
    let mut random = Random(0xda7a);
    for _ in 0..150 {
        let mut damaged = whole.clone();
        let at = random.below(damaged.len());
        damaged[at] ^= 1 << random.below(8);
        generate(damaged);
    }
}
