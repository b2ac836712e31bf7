//! What is said about a service config that is wrong.

use lro_codegen::{Config, methods_with};

use super::{GAPIC, SERVICE, configs, kitchen, method_settings, run, said};
use crate::support::{check, generate_with, snapshot};

#[test]
fn files_that_are_no_service_configs_are_refused() {
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
fn parts_of_the_wrong_type_are_refused() {
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
fn values_that_make_no_sense_are_refused() {
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
fn keys_that_would_be_overlooked_are_reported() {
    let service = method_settings(
        "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: &slow\n      initial_pol_delay: 30s\n\
         \x20     total_poll_timeout_millis: 30000\n      maxPollDelays: 30s\n      comment: Slow.\n\
         \x20 - selector: example.kitchen.v1.Kitchen.Bake\n    long_running:\n      <<: *slow\n      max_poll_delay: 90s\n",
    );
    let merged = "anything: &rest { publishing: {} }\n<<: *rest\ntype: google.api.Service\n";
    // Other keys that this message has had, and parts that nobody reads, may hold anything.
    let gapic = GAPIC.replace(
        "poll_delay_multiplier: 7",
        "return_type: Meal\n      metadata_type: Meal\n      implements_delete: true\n      implements_cancel: true",
    );
    let unread = format!("documentation:\n  <<: &more {{ a: b }}\n{SERVICE}");
    snapshot("service_config_overlooked", &[service.as_str(), merged].map(said).concat());
    assert_eq!([gapic.as_str(), &unread].map(said).concat(), "");
}

#[test]
fn misspelt_keys_around_the_settings_are_warnings() {
    let within = |key: &str, misspelt: &str| SERVICE.replace(&format!("{key}:"), &format!("{misspelt}:"));
    let gapic = |key: &str, misspelt: &str| GAPIC.replace(&format!("{key}:"), &format!("{misspelt}:"));
    let cases = [
        within("publishing", "publising"),
        within("method_settings", "method_setting"),
        within("long_running", "long_runing"),
        within("auto_populated_fields", "autoPopulatedField"),
        within("http", "htttp"),
        within("rules", "rule"),
        within("additional_bindings", "aditional_bindings"),
        gapic("interfaces", "interface"),
        gapic("methods", "method"),
        gapic("long_running", "long_runing"),
    ];
    let said: Vec<String> = cases.iter().map(|text| said(text)).collect();
    assert!(said.iter().all(|text| text.contains("did you mean")), "{said:#?}");
    snapshot("service_config_misspelt", &said.concat());
}

#[test]
fn what_other_libraries_read_is_read() {
    let quoted = "documentation:\n  summary: \"All about\nkitchens.\n Of: any\\\" size.\"\n  overview: 'It''s\n  a\nkitchen'\n";
    let flow = "usage:\n  requirements: [\na, {\nb: c\n}\n]\n";
    for extra in [quoted, flow] {
        assert_eq!(said(&SERVICE.replace("publishing:", &format!("{extra}publishing:"))), "");
    }
    for text in [
        format!("{SERVICE}---\n"),
        format!("---\n{SERVICE}...\n---\n# The end.\n"),
        format!("---\n---\n{SERVICE}"),
    ] {
        assert_eq!(said(&text), "");
    }
    // Places are those of the file.
    let line = "publishing: { title: \"All\nabout\", method_settings: 1 }\n";
    let text = format!("type: google.api.Service\nname: a\n{line}");
    assert!(
        said(&text).starts_with("kitchen.yaml:4:26: error: method_settings has to be a list"),
        "{}",
        said(&text)
    );
}

#[test]
fn keys_for_others_are_left_alone() {
    let others =
        "title: Kitchen\nid: kitchen\ntypes:\n- name: a.B\nbackend: {}\nusage: {}\ncontext: {}\nlogs: []\n";
    let publishing = "publishing:\n  github_label: kitchen\n  library_settings: []\n  organization: CLOUD\n";
    assert_eq!(said(&SERVICE.replace("publishing:\n", &format!("{others}{publishing}"))), "");
}

#[test]
fn settings_that_are_there_twice_are_refused() {
    let twice = "  - selector: example.kitchen.v1.Kitchen.Cook\n    long_running: {}\n    auto_populated_fields: [a]\n";
    let keys = "  - selector: example.kitchen.v1.Kitchen.Bake\n    long_running: { max_poll_delay: 1s, maxPollDelay: 2s }\n";
    let gapic = GAPIC.replace("Roast", "Cook");
    let said =
        [said(&method_settings(&format!("{twice}{twice}"))), said(&method_settings(keys)), said(&gapic)];
    snapshot("service_config_twice", &said.concat());
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
