//! What of a service config reaches generated code, and which one wins.

use std::io;

use lro_codegen::{Config, FileReader, LroMethod, methods_with};

use super::{GAPIC, SERVICE, config, configs, kitchen, method_settings, run};
use crate::support::{check, check_generated_with, descriptor_set, generate_with};

/// The settings of all long-running methods, a line each.
fn settings(files: &[(&str, &str)]) -> Vec<String> {
    let (methods, _) = methods_with(descriptor_set(&[kitchen()]), &configs(files)).unwrap();
    let line = |method: &LroMethod| {
        let polling = method.polling.map(|polling| {
            let times = [polling.initial_delay, polling.max_delay, polling.total_timeout];
            format!("{times:?} x {:?}", polling.multiplier)
        });
        format!("{} {}", method.method, polling.as_deref().unwrap_or("-"))
    };
    methods.iter().map(line).collect()
}

#[test]
fn settings_become_part_of_the_constants_and_their_docs() {
    let config = config(&[("kitchen_v1.yaml", SERVICE), ("kitchen_gapic.yaml", GAPIC)]);
    check_generated_with("service_config", &config, &[kitchen()], "emit=lro,client=false,server=false");
}

#[test]
fn a_service_yaml_wins_and_then_the_first_file() {
    let other = GAPIC.replace(" 60000", " 1000").replace("Ripen", "Bake").replace("Cellar", "Kitchen");
    let gapic_first = [("a.yaml", GAPIC), ("b.yaml", SERVICE), ("c.yaml", &other)];
    let expected = [
        "Cook [30s, 90s, 7200s] x 1.25",
        "Bake [5s, 500ms, 750ms] x 1.5",
        "Roast [60s, 360s, 1200s] x 1.0",
        "Ripen [5s, 45s, 300s] x 1.5",
    ];
    assert_eq!(settings(&gapic_first), expected);
    assert_eq!(settings(&[("c.yaml", &other), ("a.yaml", GAPIC)])[2], "Roast [1s, 360s, 1200s] x 1.0");
    assert_eq!(settings(&[])[0], "Cook -");
}

#[test]
fn what_a_file_leaves_out_is_the_documented_default() {
    let text = method_settings(
        "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: {}\n\
         \x20 - selector: example.kitchen.v1.Kitchen.Bake\n    long_running: { poll_delay_multiplier: '3', max_poll_delay: ~ }\n\
         \x20 - selector: example.kitchen.v1.Kitchen.Roast\n    long_running:\n",
    );
    assert_eq!(
        settings(&[("kitchen.yaml", &text)]),
        ["Cook [5s, 45s, 300s] x 1.5", "Bake [5s, 45s, 300s] x 3.0", "Roast -", "Ripen -"]
    );
}

#[test]
fn rules_of_the_operations_service_and_fields_are_kept_for_the_services_of_the_file() {
    let (methods, warnings) =
        methods_with(descriptor_set(&[kitchen()]), &configs(&[("kitchen.yaml", SERVICE)])).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let bake = methods.iter().find(|method| method.method == "Bake").unwrap();
    assert_eq!(bake.auto_populated_fields, ["request_id"]);
    let rules: Vec<String> = bake
        .operation_rules
        .iter()
        .map(|rule| format!("{}: {} {}", rule.rpc, rule.verb, rule.path))
        .collect();
    assert_eq!(
        rules,
        [
            "GetOperation: GET /v1/{name=kitchens/*/operations/*}",
            "GetOperation: GET /v1/{name=kitchens/*/stoves/*/operations/*}",
            "GetOperation: HEAD /v1/{name=operations/**}",
            "CancelOperation: POST /v1/{name=kitchens/*/operations/*}:cancel",
        ]
    );
    let ripen = methods.iter().find(|method| method.method == "Ripen").unwrap();
    assert!(ripen.operation_rules.is_empty() && ripen.auto_populated_fields.is_empty());
}

#[test]
fn many_forms_of_names_are_counted() {
    let bindings = (0..6)
        .map(|number| format!("    - get: '/v1/{{name=part{number}/operations/*}}'\n"))
        .collect::<Vec<_>>()
        .concat();
    let text = format!(
        "type: google.api.Service\nhttp:\n  rules:\n  - selector: google.longrunning.Operations.GetOperation\n    additional_bindings:\n{bindings}"
    );
    let output = run(&[("kitchen.yaml", &text)]).unwrap();
    let sentence = "Operations are named `part0/operations/*`, `part1/operations/*`, `part2/operations/*`, \
                    `part3/operations/*` or in 2 more ways.";
    assert_eq!(output.files()[0].content().matches(sentence).count(), 2, "once for each service");
}

#[test]
fn a_text_may_begin_with_the_mark_of_windows() {
    let marked = format!("\u{feff}{}", SERVICE.replace('\n', "\r\n"));
    assert_eq!(settings(&[("kitchen.yaml", &marked)]), settings(&[("kitchen.yaml", SERVICE)]));
}

#[test]
fn keys_may_be_written_as_in_json() {
    let json = [
        ("method_settings", "methodSettings"),
        ("long_running", "longRunning"),
        ("initial_poll_delay", "initialPollDelay"),
        ("poll_delay_multiplier", "pollDelayMultiplier"),
        ("max_poll_delay", "maxPollDelay"),
        ("total_poll_timeout", "totalPollTimeout"),
    ];
    let text = json.iter().fold(SERVICE.to_owned(), |text, (name, json)| text.replace(name, json));
    assert_eq!(settings(&[("kitchen.yaml", &text)]), settings(&[("kitchen.yaml", SERVICE)]));
}

#[test]
fn of_two_http_rules_for_one_rpc_the_last_counts() {
    let rule = |rpc: &str, path: &str| {
        format!(
            "  - selector: google.longrunning.Operations.{rpc}\n    get: '/v1/{{name={path}/operations/*}}'\n"
        )
    };
    let rules = [rule("GetOperation", "a/*"), rule("WaitOperation", "b/*"), rule("GetOperation", "c/*")];
    let text = format!("type: google.api.Service\nhttp:\n  rules:\n{}", rules.concat());
    let (methods, _) =
        methods_with(descriptor_set(&[kitchen()]), &configs(&[("kitchen.yaml", &text)])).unwrap();
    let paths: Vec<&str> = methods[0].operation_rules.iter().map(|rule| rule.path.as_str()).collect();
    assert_eq!(paths, ["/v1/{name=b/*/operations/*}", "/v1/{name=c/*/operations/*}"]);
}

#[test]
fn the_option_reads_through_the_configuration() {
    let mut config = Config::default();
    config.read_file = Some(FileReader::new(|path| match path {
        "conf/a,b.yaml" => Ok(SERVICE.to_owned()),
        "conf/gapic.yaml" => Ok(GAPIC.to_owned()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    }));
    let options = "emit=lro,service_config=conf/gapic.yaml,service_config=conf/a\\,b.yaml";
    let output = generate_with(&config, &[kitchen()], options).unwrap();
    assert_eq!(output, run(&[("a.yaml", SERVICE), ("b.yaml", GAPIC)]).unwrap());

    let missing = generate_with(&config, &[kitchen()], "service_config=missing.yaml,service_config=");
    check("service_config_unreadable", &missing);
}
