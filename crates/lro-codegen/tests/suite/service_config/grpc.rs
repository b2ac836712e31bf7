//! Service configs of gRPC: what of them reaches generated code, and what is said about one that is wrong.

use lro_codegen::{LroMethod, methods_with};

use super::{SERVICE, config, configs, kitchen, run};
use crate::support::{check_generated_with, descriptor_set, generate_with, proto, snapshot};

/// In the shape of a `*_grpc_service_config.json`.
const GRPC: &str = r#"{
  "methodConfig": [
    {
      "name": [
        { "service": "example.kitchen.v1.Kitchen", "method": "Cook" },
        { "service": "example.kitchen.v1.Kitchen", "method": "Taste" }
      ],
      "timeout": "60s",
      "retryPolicy": {
        "maxAttempts": 4,
        "initialBackoff": "0.100s",
        "maxBackoff": "60s",
        "backoffMultiplier": 1.3,
        "retryableStatusCodes": ["UNAVAILABLE", "DEADLINE_EXCEEDED"]
      }
    },
    {
      "name": [{ "service": "example.kitchen.v1.Kitchen" }],
      "timeout": "7200s"
    }
  ]
}
"#;

/// The configs of all long-running methods, a line each.
fn settings(files: &[(&str, &str)]) -> Vec<String> {
    let (methods, warnings) = methods_with(descriptor_set(&[kitchen()]), &configs(files)).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let line = |method: &LroMethod| {
        let Some(config) = &method.method_config else { return format!("{} -", method.method) };
        let retry = config.retry_policy.as_ref().map(|policy| {
            let backoff = [policy.initial_backoff, policy.max_backoff];
            let (codes, attempts) = (policy.retryable_status_codes.join("|"), policy.max_attempts);
            format!(" {codes} {backoff:?} x {:?}, {attempts:?}", policy.backoff_multiplier)
        });
        format!("{} {:?}{}", method.method, config.timeout, retry.unwrap_or_default())
    };
    methods.iter().map(line).collect()
}

/// What is said about one file, as errors or as warnings.
fn said(text: &str) -> String {
    match run(&[("kitchen.json", text)]) {
        Ok(output) => {
            output.warnings().iter().map(|warning| format!("{warning}\n")).collect::<Vec<_>>().concat()
        }
        Err(diagnostics) => format!("{diagnostics}\n"),
    }
}

/// A file with one config, for one method, that says this too.
fn of_cook(settings: &str) -> String {
    let name = r#"{ "service": "example.kitchen.v1.Kitchen", "method": "Cook" }"#;
    format!("{{ \"methodConfig\": [{{\n  \"name\": [{name}],\n  {settings}\n}}] }}\n")
}

/// A policy in which this stands for what it is without.
fn policy(setting: &str, instead: &str) -> String {
    let whole = r#""retryPolicy": { "maxAttempts": 3, "initialBackoff": "1s", "maxBackoff": "9s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"] }"#;
    assert!(whole.contains(setting), "{setting}");
    of_cook(&whole.replace(setting, instead))
}

#[test]
fn timeouts_and_policies_become_part_of_the_constants_and_their_docs() {
    let codes = r#"["UNAVAILABLE", 8, "ABORTED", "UNAVAILABLE"]"#;
    let bake =
        policy(r#"["UNAVAILABLE"]"#, codes).replace("Cook", "Bake").replace("\"maxAttempts\": 3, ", "");
    let once = policy("[\"UNAVAILABLE\"]", "[]").replace("Cook", "Roast");
    let files = [
        ("kitchen_grpc_service_config.json", GRPC),
        ("bake.json", bake.as_str()),
        ("roast.json", once.as_str()),
        ("kitchen_v1.yaml", SERVICE),
    ];
    let options = "emit=lro,client=false,server=false";
    check_generated_with("service_config_grpc", &config(&files), &[kitchen()], options);
}

#[test]
fn the_most_specific_name_wins_and_then_the_first_file() {
    let all = r#"{ "methodConfig": [{ "name": [{}], "timeout": "1s" }] }"#;
    let cook = of_cook(r#""timeout": "2s""#);
    let policy = "UNAVAILABLE|DEADLINE_EXCEEDED [100ms, 60s] x 1.3, Some(4)";
    let of_file = |cook: &str| [cook.to_owned(), "Bake Some(7200s)".into(), "Roast Some(7200s)".into()];
    let own = of_file(&format!("Cook Some(60s) {policy}"));
    assert_eq!(settings(&[("a.json", GRPC)]), [&own[..], &["Ripen -".to_owned()]].concat());
    let ripen = ["Ripen Some(1s)".to_owned()];
    assert_eq!(settings(&[("a.json", all), ("b.json", GRPC)]), [&own[..], &ripen].concat());
    let others = of_file("Cook Some(2s)");
    assert_eq!(
        settings(&[("a.json", all), ("b.json", &cook), ("c.json", GRPC)]),
        [&others[..], &ripen].concat()
    );
    assert_eq!(settings(&[("b.json", all)])[0], "Cook Some(1s)");
    assert_eq!(settings(&[])[0], "Cook -");
}

#[test]
fn all_spellings_of_protobuf_in_json_are_read() {
    let snake = [
        ("methodConfig", "method_config"),
        ("retryPolicy", "retry_policy"),
        ("maxAttempts", "max_attempts"),
        ("initialBackoff", "initial_backoff"),
        ("maxBackoff", "max_backoff"),
        ("backoffMultiplier", "backoff_multiplier"),
        ("retryableStatusCodes", "retryable_status_codes"),
        ("\"0.100s\"", "\".1s\""),
        ("\"UNAVAILABLE\", \"DEADLINE_EXCEEDED\"", "14, \"4\""),
        ("maxAttempts\": 4", "maxAttempts\": \"4\""),
        (
            "{ \"service\": \"example.kitchen.v1.Kitchen\" }",
            "{ \"service\": \"example.kitchen.v1.Kitchen\", \"method\": \"\" }",
        ),
        ("\"7200s\"", "\"7200s\", \"retryPolicy\": null, \"waitForReady\": true"),
    ];
    for (usual, other) in snake {
        assert!(GRPC.contains(usual));
        let text = GRPC.replace(usual, other);
        assert_eq!(settings(&[("a.json", &text)]), settings(&[("a.json", GRPC)]), "{other}");
    }
    let marked = format!("\u{feff}{}", GRPC.replace('\n', "\r\n").replace("  ", "\t"));
    assert_eq!(settings(&[("a.JSON", &marked)]), settings(&[("a.json", GRPC)]));
    // Most JSON is YAML too, and a file may be called anything.
    assert_eq!(settings(&[("config", GRPC)]), settings(&[("a.json", GRPC)]));
}

#[test]
fn service_yamls_may_be_json_too() {
    let json = r#"{ "type": "google.api.Service", "publishing": { "methodSettings": [
        { "selector": "example.kitchen.v1.Kitchen.Cook", "longRunning": { "maxPollDelay": "9s" } }] } }"#;
    let (methods, _) =
        methods_with(descriptor_set(&[kitchen()]), &configs(&[("kitchen.json", json)])).unwrap();
    assert_eq!(methods[0].polling.unwrap().max_delay.as_secs(), 9);
}

#[test]
fn keys_for_others_are_left_alone() {
    let others = r#"{ "loadBalancingConfig": [{ "round_robin": {} }], "loadBalancingPolicy": "round_robin",
        "retryThrottling": { "maxTokens": 10, "tokenRatio": 0.1 }, "healthCheckConfig": {}, "methodConfig""#;
    assert_eq!(said(&GRPC.replacen("{\n  \"methodConfig\"", others, 1)), "");
    let of_method = "\"waitForReady\": true, \"maxRequestMessageBytes\": 1, \"maxResponseMessageBytes\": \"1\", \"timeout\": \"7200s\"";
    assert_eq!(said(&GRPC.replace("\"timeout\": \"7200s\"", of_method)), "");
    assert_eq!(said(&policy("{ \"max", "{ \"perAttemptRecvTimeout\": \"1s\", \"max")), "");
    let elsewhere = "\"name\": [{ \"service\": \"google.longrunning.Operations\" }, { \"service\": \"example.garden.v1.Garden\" },";
    assert_eq!(said(&of_cook("\"timeout\": \"1s\"").replace("\"name\": [", elsewhere)), "");
}

#[test]
fn files_that_cannot_be_read_have_a_place() {
    let cases = [
        ("a_comma_missing", GRPC.replace("\"60s\",\n      \"retry", "\"60s\"\n      \"retry")),
        ("a_comma_too_many", GRPC.replace("\"7200s\"", "\"7200s\",")),
        ("a_comment", GRPC.replace("{\n  \"method", "{\n  // Ours.\n  \"method")),
        ("cut_short", GRPC[..400].to_owned()),
        ("empty", String::new()),
        ("a_list", "[]".to_owned()),
        ("something_else", "{ \"openapi\": \"3.1.0\" }".to_owned()),
        ("other_type", "{ \"type\": \"module\" }".to_owned()),
        ("yaml", SERVICE.to_owned()),
    ];
    let said: Vec<String> = cases.iter().map(|(name, text)| format!("# {name}\n{}", said(text))).collect();
    snapshot("service_config_grpc_no_config", &said.concat());
}

#[test]
fn values_that_make_no_sense_are_refused() {
    let cases = [
        of_cook("\"timeout\": 60"),
        of_cook("\"timeout\": \"60\""),
        of_cook("\"timeout\": \"-1s\""),
        of_cook("\"timeout\": \"315576000001s\""),
        of_cook("\"timeout\": {}"),
        of_cook("\"retryPolicy\": []"),
        of_cook("\"retryPolicy\": {}"),
        policy("\"1s\"", "\"0s\""),
        policy("\"maxAttempts\": 3", "\"maxAttempts\": 1"),
        policy("\"maxAttempts\": 3", "\"maxAttempts\": -3"),
        policy("\"maxAttempts\": 3", "\"maxAttempts\": 1e3"),
        policy("\"backoffMultiplier\": 2", "\"backoffMultiplier\": 0"),
        policy("\"backoffMultiplier\": 2", "\"backoffMultiplier\": \"twice\""),
        policy("\"backoffMultiplier\": 2", "\"backoffMultiplier\": \"Infinity\""),
        policy("[\"UNAVAILABLE\"]", "\"UNAVAILABLE\""),
        policy(
            "[\"UNAVAILABLE\"]",
            "[\"UNAVAILABEL\", \"unavailable\", \"CANCELED\", \"OK\", 0, 17, \"503\", null]",
        ),
        policy("\"initialBackoff\"", "\"initalBackoff\""),
        policy("\"maxAttempts\": 3", "\"maxAttempts\": 3, \"max_attempts\": 4"),
        policy("\"retryPolicy\"", "\"hedgingPolicy\": {}, \"retryPolicy\""),
    ];
    snapshot("service_config_grpc_values", &cases.iter().map(|text| said(text)).collect::<String>());
}

#[test]
fn names_are_whole_and_each_is_there_once() {
    let named =
        |names: &str| format!("{{ \"methodConfig\": [{{ \"name\": {names}, \"timeout\": \"1s\" }}] }}\n");
    let twice = |name: &str| {
        let item = format!("{{ \"name\": [{name}], \"timeout\": \"1s\" }}");
        format!("{{ \"methodConfig\": [\n{item},\n{item}\n] }}\n")
    };
    let cook = r#"{ "service": "example.kitchen.v1.Kitchen", "method": "Cook" }"#;
    let cases = [
        named("{}"),
        named("[1, { \"service\": [] }, { \"service\": \"a.B\", \"method\": {} }]"),
        named("[{ \"method\": \"Cook\" }, { \"service\": null, \"method\": \"Bake\" }]"),
        named("[{ \"sevice\": \"a.B\" }, { \"service\": \"a.B\", \"methods\": \"C\", \"comment\": \"C.\" }]"),
        twice(cook),
        twice("{ \"service\": \"example.kitchen.v1.Kitchen\" }"),
        twice("{}"),
    ];
    snapshot("service_config_grpc_names", &cases.iter().map(|text| said(text)).collect::<String>());
    // Google's own files have such repetitions, which leave nothing open.
    assert_eq!(said(&named(&format!("[{cook}, {cook}]"))), "");
}

#[test]
fn what_has_no_effect_is_a_warning() {
    let whole = of_cook("\"timeout\": \"1s\"");
    let name = |name: &str| {
        let all = format!(
            "\"name\": [{name}, {{ \"service\": \"example.kitchen.v1.Kichen\", \"method\": \"A\" }},"
        );
        whole.replace("\"name\": [", &all)
    };
    let cases = [
        (
            "names",
            name(
                r#"{ "service": "example.kitchen.v1.Kitchen", "method": "Cok" }, { "service": "example.kitchen.v1.Kichen" }"#,
            ),
        ),
        (
            "texts",
            name(
                r#"{ "service": "example.kitchen.v1.Kitchen", "method": " Cook" }, { "service": "example.kitchen.v1.*" }, { "service": "*" }, { "service": "example.kitchen.v1.\n" }"#,
            ),
        ),
        ("keys", GRPC.replace("methodConfig", "methodConfigs")),
        ("keys_within", GRPC.replace("timeout", "timeOut").replace("retryPolicy", "retriesPolicy")),
        ("nothing", "{}".to_owned()),
        ("no_names", "{ \"methodConfig\": [{ \"timeout\": \"1s\" }] }".to_owned()),
        ("others", whole.replace("kitchen.v1", "garden.v1")),
    ];
    let said: Vec<String> = cases.iter().map(|(name, text)| format!("# {name}\n{}", said(text))).collect();
    snapshot("service_config_grpc_no_effect", &said.concat());
}

#[test]
fn what_clients_do_otherwise_is_a_warning_where_it_concerns_an_operation() {
    let hedging = r#""hedgingPolicy": { "maxAttempts": 3, "hedgingDelay": "1s" }"#;
    let cases = [
        of_cook(hedging),
        of_cook("\"timeout\": \"0s\", \"waitForReady\": true"),
        policy("\"maxAttempts\": 3", "\"maxAttempts\": 100"),
        policy("\"backoffMultiplier\": 2", "\"backoffMultiplier\": 0.5"),
    ];
    let of_all = of_cook(hedging).replace(", \"method\": \"Cook\"", "");
    snapshot(
        "service_config_grpc_unheeded",
        &(cases.iter().map(|text| said(text)).collect::<String>() + &said(&of_all)),
    );
    for text in &cases {
        let of_plain = text.replace("Cook", "Taste");
        let about = |line: &str| line.contains("unheeded");
        assert!(said(text).lines().any(about) && !said(&of_plain).lines().any(about), "{text}");
    }
    let capped = |text: &str| {
        let (methods, _) = methods_with(descriptor_set(&[kitchen()]), &configs(&[("a.json", text)])).unwrap();
        let config = methods[0].method_config.clone().unwrap();
        (config.timeout, config.retry_policy.map(|policy| (policy.max_attempts, policy.backoff_multiplier)))
    };
    assert_eq!(capped(&cases[1]), (None, None));
    assert_eq!(capped(&cases[2]), (None, Some((Some(5), 2.0))));
    assert_eq!(capped(&cases[3]), (None, Some((Some(3), 1.0))));
}

#[test]
fn a_run_without_operations_is_no_reason_to_warn() {
    let plain =
        proto("plain.proto", "example.plain", "service Plain { rpc Get(It) returns (It); } message It {}");
    let config = config(&[("kitchen.json", GRPC)]);
    assert!(generate_with(&config, &[plain], "").unwrap().warnings().is_empty());
}

#[test]
fn a_file_may_end_anywhere_and_may_be_damaged_anywhere() {
    let mut outcomes = [0; 2];
    let mut read = |text: &str| {
        let outcome = methods_with(Vec::new(), &configs(&[("damaged.json", text)]));
        outcomes[usize::from(outcome.is_ok())] += 1;
    };
    for end in 0..GRPC.len() {
        read(&GRPC[..end]);
        for damage in ["[", "}", "\"", "\\", "\\u", ",", ":", "\0", "1", "é", "null", " "] {
            read(&format!("{}{damage}{}", &GRPC[..end], &GRPC[end..]));
        }
    }
    assert!(outcomes.iter().all(|count| *count > 10), "{outcomes:?}");
}
