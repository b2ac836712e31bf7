//! Requests from standard input, whoever wrote them: the answer is a response, never a failure of the plugin.

use prost::Message as _;
use prost_types::compiler::CodeGeneratorResponse;

use crate::support::{answer, files_of, protos, protox_request, run, test_protos, with_parameter};

const LIBRARY: &str = "example/library/v1/library.proto";

fn library(parameter: &str) -> Vec<u8> {
    protox_request(&[protos()], &[LIBRARY], parameter)
}

#[test]
fn an_empty_request_gets_an_empty_response_that_declares_features() {
    let response = answer(b"");

    assert_eq!(response.error, None);
    assert!(response.file.is_empty());
    // FEATURE_PROTO3_OPTIONAL and FEATURE_SUPPORTS_EDITIONS.
    assert_eq!(response.supported_features, Some(1 | 2));
}

#[test]
fn a_request_that_ends_early_is_answered_wherever_it_ends() {
    let whole = library("");
    let mut refused = 0;
    // The generator has a test of every place; here it is about what the process does, which costs a process each.
    for end in (1..whole.len()).step_by(whole.len() / 50) {
        let response = answer(&whole[..end]);
        match response.error {
            Some(error) => {
                assert!(error.contains("error: "), "{error}");
                assert!(response.file.is_empty());
                refused += 1;
            }
            // It ended between two fields, which makes a whole request again.
            None => drop(files_of(response)),
        }
    }
    assert!(refused > 10, "{refused}");
}

#[test]
fn an_unknown_option_is_an_error_that_lists_the_options() {
    let error = answer(&library("emit=lro,tonics")).error.unwrap();

    assert!(error.contains("`tonics`"), "{error}");
    for option in lro_codegen::OPTIONS {
        assert!(error.contains(option.name), "{} is not in {error}", option.name);
    }
}

#[test]
fn files_come_sorted_by_name_whatever_the_order_of_the_request() {
    let protos = [test_protos(), protos()];
    let lab = ["lab/v1/lab.proto", "lab/v1/sample.proto", "lab/type/shape.proto"];
    for parameter in ["include_file=a.rs", "emit=lro,include_file=z.rs"] {
        for targets in [lab, [lab[2], lab[1], lab[0]]] {
            let response = answer(&protox_request(&protos, &targets, parameter));
            let names: Vec<String> = response.file.into_iter().map(|file| file.name.unwrap()).collect();
            assert!(names.len() > 2 && names.is_sorted(), "{names:?}");
        }
    }
}

#[test]
fn a_malformed_value_is_an_error_that_says_what_is_wanted() {
    let error = answer(&library("emit=some")).error.unwrap();

    assert!(error.contains("`some`") && error.contains("all|lro"), "{error}");
}

#[test]
fn what_prost_build_panics_at_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let text = "syntax = \"proto2\"; package shop; enum Tone { TONE_LOUD = 0; LOUD = 1; }";
    std::fs::write(folder.path().join("shop.proto"), text).unwrap();
    let output = run(&[""; 0], &protox_request(&[folder.path().to_owned()], &["shop.proto"], ""));

    let response = CodeGeneratorResponse::decode(&output.stdout[..]).unwrap();
    assert!(response.error.unwrap().contains("Generated enum variant names overlap"));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn options_are_checked_even_where_there_is_nothing_to_generate() {
    assert!(answer(&with_parameter("tonics")).error.is_some());
}
