//! Service configs: what of them reaches generated code, which one wins, and what is said about one that is wrong.

use std::io;

use lro_codegen::{Config, Diagnostics, FileReader, LroMethod, Output, ServiceConfig, methods_with};

use crate::support::{
    Proto, check, check_generated_with, descriptor_set, generate_with, proto, request_for, snapshot,
};

/// Two services with long-running methods, and methods that are not.
fn kitchen() -> Proto {
    let rpc = |name: &str| {
        format!(
            "rpc {name}(Meal) returns (google.longrunning.Operation) {{ option (google.longrunning.operation_info) = \
             {{ response_type: \"Meal\" metadata_type: \"Meal\" }}; }}\n"
        )
    };
    let body = format!(
        "service Kitchen {{ {}{}{} rpc Taste(Meal) returns (Meal); }}\nservice Cellar {{ {} }}\nmessage Meal {{ string request_id = 1; }}",
        rpc("Cook"),
        rpc("Bake"),
        rpc("Roast"),
        rpc("Ripen")
    );
    proto("kitchen.proto", "example.kitchen.v1", &body)
}

const SERVICE: &str = "\
type: google.api.Service
config_version: 3
apis:
- name: example.kitchen.v1.Kitchen
- name: google.longrunning.Operations
http:
  rules:
  - selector: example.kitchen.v1.Kitchen.Taste
    get: '/v1/{name=meals/*}'
  - selector: google.longrunning.Operations.GetOperation
    get: '/v1/{name=kitchens/*/operations/*}'
    additional_bindings:
    - get: '/v1/{name=kitchens/*/stoves/*/operations/*}'
    - custom: { kind: HEAD, path: '/v1/{name=operations/**}' }
  - selector: google.longrunning.Operations.CancelOperation
    post: '/v1/{name=kitchens/*/operations/*}:cancel'
    body: '*'
publishing:
  method_settings:
  - selector: example.kitchen.v1.Kitchen.Cook
    long_running:
      initial_poll_delay: 30s
      poll_delay_multiplier: 1.25
      max_poll_delay: 90s
      total_poll_timeout: 7200s
  - selector: example.kitchen.v1.Kitchen.Bake
    long_running:
      total_poll_timeout: 0.75s
      max_poll_delay: 0.5s
    auto_populated_fields:
    - request_id
  - selector: example.kitchen.v1.Kitchen.Taste
    auto_populated_fields: [request_id]
";

const GAPIC: &str = "\
type: com.google.api.codegen.ConfigProto
config_schema_version: 2.0.0
interfaces:
- name: example.kitchen.v1.Kitchen
  methods:
  - name: Cook
    long_running:
      initial_poll_delay_millis: 1
      poll_delay_multiplier: 7
      max_poll_delay_millis: 1
      total_poll_timeout_millis: 1
  - name: Roast
    long_running:
      initial_poll_delay_millis: 60000
      poll_delay_multiplier: 1.0
      max_poll_delay_millis: 360000
      total_poll_timeout_millis: '1200000'
  - name: Taste
    timeout_millis: 60000
- name: example.kitchen.v1.Cellar
  methods:
  - name: Ripen
    long_running:
      initial_poll_delay_millis: 5000
      poll_delay_multiplier: 1.5
      max_poll_delay_millis: 45000
      total_poll_timeout_millis: 300000
";

fn config(files: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    config.service_configs = configs(files);
    config
}

fn configs(files: &[(&str, &str)]) -> Vec<ServiceConfig> {
    files.iter().map(|(name, text)| ServiceConfig::new(*name, *text)).collect()
}

/// A run for the layer of the kitchen.
fn run(files: &[(&str, &str)]) -> Result<Output, Diagnostics> {
    generate_with(&config(files), &[kitchen()], "emit=lro")
}

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

/// What is said about one service yaml, as errors or as warnings.
fn said(text: &str) -> String {
    match run(&[("kitchen.yaml", text)]) {
        Ok(output) => {
            output.warnings().iter().map(|warning| format!("{warning}\n")).collect::<Vec<_>>().concat()
        }
        Err(diagnostics) => format!("{diagnostics}\n"),
    }
}

/// A service yaml with one item of `method_settings`, whose lines begin at line 4.
fn method_settings(lines: &str) -> String {
    format!("type: google.api.Service\npublishing:\n  method_settings:\n{lines}")
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
fn files_that_are_no_service_configs() {
    let nested = "[".repeat(100);
    let long = format!("type: google.api.Service\n#{}", " ".repeat(3 << 20));
    let cases = [
        ("not_yaml", "type: google.api.Service\npublishing: {\n"),
        ("tabs", "type: google.api.Service\npublishing:\n\tmethod_settings: []\n"),
        ("empty", ""),
        ("a_list", "- type: google.api.Service\n"),
        ("no_type", "name: kitchen.example.com\n"),
        ("other_type", "# A comment.\ntype: example.Menu\nname: kitchen.example.com\n"),
        ("type_of_no_text", "type: [google.api.Service]\n"),
        ("two_types", "type: google.api.Service\ntype: com.google.api.codegen.ConfigProto\n"),
        ("two_documents", "type: google.api.Service\n---\ntype: google.api.Service\n"),
        ("nested", &nested),
        ("long", &long),
        ("unknown_alias", "type: *kind\n"),
        ("alias", "name: &kind google.api.Service\ntype: *kind\n"),
    ];
    let said =
        cases.iter().map(|(name, text)| format!("# {name}\n{}", said(text))).collect::<Vec<_>>().concat();
    snapshot("service_config_no_config", &said);
}

#[test]
fn parts_of_the_wrong_type() {
    let cases = [
        ("publishing", "type: google.api.Service\npublishing: 1\nhttp: []\napis: {}\n".to_owned()),
        ("method_settings", "type: google.api.Service\npublishing:\n  method_settings: { a: b }\n".to_owned()),
        ("an_item", method_settings("  - Cook\n  -\n")),
        ("no_selector", method_settings("  - long_running: {}\n")),
        ("a_wildcard", method_settings("  - selector: example.kitchen.v1.Kitchen.*\n    long_running: {}\n")),
        ("a_list", method_settings("  - selector: a.B.C\n    long_running: []\n    auto_populated_fields: 1\n")),
        ("fields", method_settings("  - selector: a.B.C\n    auto_populated_fields: [[request_id]]\n")),
        ("rules", "type: google.api.Service\nhttp:\n  rules: 1\n".to_owned()),
        (
            "a_path",
            "type: google.api.Service\nhttp:\n  rules:\n  - selector: google.longrunning.Operations.GetOperation\n    get: [a]\n"
                .to_owned(),
        ),
        ("gapic", "type: com.google.api.codegen.ConfigProto\ninterfaces:\n- methods: []\n- name: a.B\n  methods: 1\n".to_owned()),
        ("gapic_method", "type: com.google.api.codegen.ConfigProto\ninterfaces:\n- name: a.B\n  methods:\n  - long_running: 1\n".to_owned()),
    ];
    let said =
        cases.iter().map(|(name, text)| format!("# {name}\n{}", said(text))).collect::<Vec<_>>().concat();
    snapshot("service_config_wrong_types", &said);
}

#[test]
fn values_that_make_no_sense() {
    let service = [
        "initial_poll_delay: 30",
        "initial_poll_delay: -30s",
        "initial_poll_delay: 0s",
        "max_poll_delay: 315576000001s",
        "max_poll_delay: 30000ms",
        "total_poll_timeout: 99999999999999999999s",
        "total_poll_timeout: [1s]",
        "poll_delay_multiplier: 0.5",
        "poll_delay_multiplier: -2",
        "poll_delay_multiplier: .inf",
        "poll_delay_multiplier: inf",
        "poll_delay_multiplier: NaN",
        "poll_delay_multiplier: 1e39",
        "poll_delay_multiplier: twice",
        "poll_delay_multiplier: \"a\\nvery long value that nobody would ever want to read to its end, since it says nothing\"",
    ];
    let lines = service
        .iter()
        .enumerate()
        .map(|(number, line)| format!("  - selector: a.B.C{number}\n    long_running:\n      {line}\n"))
        .collect::<Vec<_>>()
        .concat();
    let gapic = [
        "initial_poll_delay_millis: 30s",
        "initial_poll_delay_millis: -1",
        "max_poll_delay_millis: 1.5",
        "total_poll_timeout_millis: 18446744073709551616",
        "total_poll_timeout_millis: 0",
    ];
    let gapic_lines = gapic
        .iter()
        .enumerate()
        .map(|(number, line)| format!("  - name: C{number}\n    long_running: {{ {line} }}\n"))
        .collect::<Vec<_>>()
        .concat();
    let gapic = format!(
        "type: com.google.api.codegen.ConfigProto\ninterfaces:\n- name: a.B\n  methods:\n{gapic_lines}"
    );
    snapshot("service_config_values", &format!("{}{}", said(&method_settings(&lines)), said(&gapic)));
}

#[test]
fn settings_that_are_there_twice() {
    let twice = "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: {}\n    auto_populated_fields: [a]\n";
    let keys = "  - selector: example.kitchen.v1.Kitchen.Bake\n    long_running: { max_poll_delay: 1s, max_poll_delay: 2s }\n";
    let gapic = GAPIC.replace("Roast", "Cook");
    let said =
        [said(&method_settings(&format!("{twice}{twice}"))), said(&method_settings(keys)), said(&gapic)];
    snapshot("service_config_twice", &said.concat());
}

#[test]
fn one_method_may_have_settings_in_two_places() {
    let text = method_settings(
        "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: {}\n\
         \x20 - selector: example.kitchen.v1.Kitchen.Cook\n    auto_populated_fields: [request_id]\n",
    );
    assert_eq!(said(&text), "");
}

#[test]
fn selectors_that_select_nothing_are_warnings() {
    let selectors = ["Kitchen.Cok", "Kitchen.Xylophone", "Kichen.Cook", "Bathroom.Wash", "Kitchen.Taste"];
    let lines = selectors
        .iter()
        .map(|name| format!("  - selector: example.kitchen.v1.{name}\n    long_running: {{}}\n"))
        .collect::<Vec<_>>()
        .concat();
    let fields = "  - selector: example.kitchen.v1.Kitchen.Gone\n    auto_populated_fields: [request_id]\n";
    snapshot("service_config_selectors", &said(&method_settings(&(lines + fields))));
}

#[test]
fn fields_that_clients_cannot_fill_in_are_warnings() {
    let body = "import \"google/api/field_info.proto\";
        service Shop { rpc Order(OrderRequest) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: \"OrderRequest\" metadata_type: \"OrderRequest\" }; } }
        message OrderRequest {
            string request_id = 1;
            string batch_id = 2 [(google.api.field_info).format = UUID4];
            string shelf = 3;
            repeated string tags = 4;
            int32 count = 5;
            oneof of { string id = 6; }
        }";
    let fields = "[batch_id, request_id, shelf, tags, count, id, bach_id, \"\\n\"]";
    let text = format!(
        "type: google.api.Service\npublishing:\n  method_settings:\n  - selector: example.Shop.Order\n    auto_populated_fields: {fields}\n"
    );
    let config = config(&[("shop.yaml", &text)]);
    let output = generate_with(&config, &[proto("shop.proto", "example", body)], "emit=lro").unwrap();
    let said: Vec<String> = output.warnings().iter().map(|warning| format!("{warning}\n")).collect();
    snapshot("service_config_fields", &said.concat());
    assert!(
        output.files()[0].content().contains("batch_id") && !output.files()[0].content().contains("shelf")
    );
}

#[test]
fn values_have_a_beginning_and_texts_without_quotes_an_end() {
    let places = |text: &str| -> Vec<String> {
        let problems = run(&[("kitchen.yaml", text)]).unwrap_err();
        problems
            .iter()
            .map(|problem| {
                let location = problem.location().unwrap();
                format!("{:?} {:?}", location.position.unwrap(), location.end)
            })
            .collect()
    };
    let long_running = |value: &str| {
        let keys =
            format!("    long_running: {{ título: 'ñ', max_poll_delay: {value}, total_poll_timeout: [] }}\n");
        method_settings(&format!("  - selector: a.B.C\n{keys}"))
    };
    assert_eq!(places(&long_running("3m")), ["(5, 50) Some((5, 52))", "(5, 74) None"]);
    assert_eq!(places(&long_running("\"3é\" # minutes\n     ")), ["(5, 50) None", "(6, 28) None"]);
    assert_eq!(places("type: Sérvice # not one\n"), ["(1, 7) Some((1, 14))"]);
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
fn selectors_that_select_nothing_have_a_level() {
    let text = method_settings("  - selector: example.kitchen.v1.Kitchen.Cok\n    long_running: {}\n");
    let config = config(&[("kitchen.yaml", &text)]);
    let run = |options: &str| generate_with(&config, &[kitchen()], options);
    assert!(run("emit=lro,allow=lro::unknown-selector").unwrap().warnings().is_empty());
    let denied = run("emit=lro,deny=lro::unknown-selector").unwrap_err().to_string();
    assert!(denied.starts_with("kitchen.yaml:4:15: error: there is no method Cok"), "{denied}");
}

#[test]
fn other_packages_are_fine_unless_a_file_is_about_nothing_else() {
    let elsewhere = "  - selector: example.garden.v1.Garden.Grow\n    long_running: {}\n";
    let here = "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: {}\n";
    assert_eq!(said(&method_settings(&format!("{elsewhere}{here}"))), "");
    assert_eq!(
        said(&method_settings(elsewhere)),
        "kitchen.yaml: warning: no polling settings of this file are for a method of this run [lro::unknown-selector]\n  \
         help: pass the service config of the API that code is generated for\n"
    );
    // A file without any, and a run that has nothing to wait for, are no reason to warn.
    assert_eq!(said("type: google.api.Service\n"), "");
    let plain =
        proto("plain.proto", "example.plain", "service Plain { rpc Get(It) returns (It); } message It {}");
    let config = config(&[("kitchen.yaml", &method_settings(elsewhere))]);
    assert!(generate_with(&config, &[plain], "").unwrap().warnings().is_empty());
}

#[test]
fn a_package_that_is_only_imported_may_be_there_in_part() {
    let text = method_settings("  - selector: example.kitchen.v1.Pantry.Stock\n    long_running: {}\n");
    let menu = proto(
        "menu.proto",
        "example.menu",
        "import \"kitchen.proto\"; service Menu { rpc Get(example.kitchen.v1.Meal) returns (example.kitchen.v1.Meal); }",
    );
    let request = request_for(descriptor_set(&[kitchen(), menu]), ["menu.proto"], "emit=lro");
    let output = lro_codegen::generate(request, &config(&[("kitchen.yaml", &text)])).unwrap();
    assert!(output.warnings().is_empty());
}

#[test]
fn a_file_with_many_problems_is_not_reported_to_its_end() {
    let lines = (0..100)
        .map(|number| format!("  - selector: example.kitchen.v1.Kitchen.C{number}\n    long_running: {{}}\n"))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(said(&method_settings(&lines)).matches("warning: ").count(), 20);
    let broken = said(&method_settings(&lines.replace("{}", "1")));
    assert_eq!(broken.matches("error: ").count(), 21);
    assert!(broken.contains("there are more problems in this file"));
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

#[test]
fn without_access_to_files_the_option_is_refused() {
    let refused = generate_with(&Config::default(), &[kitchen()], "service_config=kitchen.yaml");
    check("service_config_no_reader", &refused);
}

#[test]
fn a_file_may_end_anywhere_and_may_be_damaged_anywhere() {
    for whole in [SERVICE, GAPIC] {
        let mut outcomes = [0; 2];
        let mut read = |text: &str| {
            let outcome = methods_with(Vec::new(), &configs(&[("damaged.yaml", text)]));
            outcomes[usize::from(outcome.is_ok())] += 1;
        };
        for end in 0..whole.len() {
            read(&whole[..end]);
            for damage in ["[", "}", "*a", "&a ", "\"", "\t", "\n", "|\n", "\0", ": ", "- ", "\n---\n"] {
                read(&format!("{}{damage}{}", &whole[..end], &whole[end..]));
            }
        }
        assert!(outcomes.iter().all(|count| *count > 10), "{outcomes:?}");
    }
}
