//! The level of each rule: what it is by itself, how it is set, and what cannot be set.

use lro_codegen::{Diagnostics, Level, Output, RULES, Severity};

use crate::support::{Proto, generate, proto};

/// One method that returns an operation without saying what it holds.
fn unannotated() -> Vec<Proto> {
    vec![proto(
        "shop.proto",
        "example.shop",
        "service Shop { rpc Sell(Item) returns (google.longrunning.Operation); } message Item {}",
    )]
}

/// The severity of the one finding there is; nothing if it was not reported.
#[track_caller]
fn severity(result: &Result<Output, Diagnostics>) -> Option<Severity> {
    let found: Vec<_> = match result {
        Ok(output) => output.warnings().iter().collect(),
        Err(diagnostics) => diagnostics.iter().collect(),
    };
    assert!(found.len() < 2, "{found:?}");
    found.first().map(|diagnostic| diagnostic.severity())
}

#[test]
fn a_rule_is_allowed_warned_about_or_denied_by_name_and_by_group() {
    for selector in ["core::0151::operation-info", "core::0151", "core"] {
        let with = |level| severity(&generate(&unannotated(), &format!("{level}={selector}")));
        assert_eq!(with("allow"), None, "{selector}");
        assert_eq!(with("warn"), Some(Severity::Warning), "{selector}");
        assert_eq!(with("deny"), Some(Severity::Error), "{selector}");
    }
}

#[test]
fn a_level_holds_for_its_rules_only() {
    let result = generate(&unannotated(), "deny=lro,allow=core::0151::lro-response-reachable");
    assert_eq!(severity(&result), Some(Severity::Warning));
}

#[test]
fn the_last_level_wins() {
    let with = |options| severity(&generate(&unannotated(), options));
    assert_eq!(with("deny=core,allow=core::0151::operation-info"), None);
    assert_eq!(with("allow=core::0151::operation-info,deny=core"), Some(Severity::Error));
}

#[test]
fn the_options_of_a_request_come_after_the_configuration() {
    let mut config = lro_codegen::Config::default();
    config.levels = vec![("core::0151::operation-info".to_owned(), Level::Deny)];
    let run = |parameter| lro_codegen::generate(crate::support::request(&unannotated(), parameter), &config);
    assert_eq!(severity(&run("")), Some(Severity::Error));
    assert_eq!(severity(&run("allow=core")), None);
}

#[test]
fn selectors_that_name_no_rule_are_refused_with_the_nearest() {
    let said = |option: &str| generate(&unannotated(), option).unwrap_err().to_string();
    let near = "did you mean core::0151::operation-info?";
    // Where nothing is near, all there are.
    let list = "core::0151::lro-response-type";
    for (level, selector, hint) in [
        ("allow", "core::0151::operation-inof", near),
        ("warn", "operation-info", near),
        ("deny", "core::015", list),
        ("deny", "core::", list),
    ] {
        let said = said(&format!("{level}={selector}"));
        assert!(said.contains(&format!("there is no rule `{selector}`")) && said.contains(hint), "{said}");
    }
    assert!(said("allow").contains("option allow needs a value"));
}

#[test]
fn what_keeps_code_from_being_generated_cannot_be_lowered() {
    for option in ["allow=lro::method-type", "warn=lro::input"] {
        let said = generate(&unannotated(), option).unwrap_err().to_string();
        assert!(said.contains("cannot be lowered"), "{said}");
        assert!(said.contains("core::0151::operation-info") && !said.contains("lro::messages"), "{said}");
    }
    // As part of a group they are passed over, and to deny them changes nothing.
    assert_eq!(severity(&generate(&unannotated(), "allow=lro,deny=lro::input")), Some(Severity::Warning));
}

#[test]
fn methods_that_cannot_be_typed_can_stay_plain() {
    let option =
        "option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" };";
    let body = format!(
        "service Shop {{ rpc Upload(stream Item) returns (google.longrunning.Operation) {{ {option} }} \
         rpc Get(Item) returns (Item) {{ {option} }} }} message Item {{}}"
    );
    let files = [proto("shop.proto", "example.shop", &body)];
    assert_eq!(generate(&files, "deny=core").unwrap_err().iter().count(), 2);
    let lowered = "warn=core::0151::response-unary,warn=lro::operation-return";
    for emit in ["all", "lro"] {
        let output = generate(&files, &format!("emit={emit},{lowered}")).unwrap();
        assert_eq!(output.warnings().len(), 2, "{:?}", output.warnings());
    }
}

#[test]
fn the_table_has_each_rule_once_and_in_one_form() {
    let mut names: Vec<_> = RULES.iter().map(|spec| spec.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    for spec in RULES {
        assert_eq!(spec.rule.name(), spec.name);
        assert!(spec.name.starts_with("core::0") || spec.name.starts_with("lro::"), "{}", spec.name);
        assert!(!spec.help.ends_with('.') && spec.help.starts_with(char::is_lowercase), "{}", spec.help);
    }
}
