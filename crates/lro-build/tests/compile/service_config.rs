//! Polling settings from files.

use crate::support::{Project, SHOP};

/// Settings for the method of [`SHOP`].
const SHOP_YAML: &str = "\
type: google.api.Service
publishing:
  method_settings:
  - selector: shop.v1.Shop.Sell
    long_running:
      max_poll_delay: 9s
";

/// How the method of [`SHOP`] is called.
const SHOP_JSON: &str = r#"{
  "methodConfig": [
    {
      "name": [{ "service": "shop.v1.Shop", "method": "Sell" }],
      "timeout": "60s",
      "retryPolicy": {
        "initialBackoff": "0.1s",
        "maxBackoff": "60s",
        "backoffMultiplier": 1.3,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    }
  ]
}
"#;

fn project(yaml: &str) -> Project {
    Project::new(&[("shop.proto", SHOP), ("shop.yaml", yaml)])
}

#[test]
fn settings_reach_the_constant() {
    let project = project(SHOP_YAML);
    let gapic = "{ type: com.google.api.codegen.ConfigProto, interfaces: [ { name: shop.v1.Shop, methods: [ \
        { name: Sell, long_running: { max_poll_delay_millis: 1 } } ] } ] }";
    project.write("shop_gapic.yaml", gapic);
    let builder = project
        .builder()
        .service_config(project.protos().join("shop_gapic.yaml"))
        .service_config(project.protos().join("shop.yaml"));
    project.compile_with(&builder, "shop.proto").unwrap();
    assert!(project.generated("shop.v1.rs").contains("with_max_delay(Duration::from_secs(9))"));
}

#[test]
fn a_grpc_service_config_is_read_beside_a_yaml() {
    let project = project(SHOP_YAML);
    project.write("shop_grpc_service_config.json", SHOP_JSON);
    let builder = project
        .builder()
        .service_config(project.protos().join("shop_grpc_service_config.json"))
        .service_config(project.protos().join("shop.yaml"));
    project.compile_with(&builder, "shop.proto").unwrap();
    let generated = project.generated("shop.v1.rs");
    assert!(generated.contains("with_max_delay(Duration::from_secs(9))"), "{generated}");
    assert!(generated.contains("with_timeout(Duration::from_secs(60))"), "{generated}");
    assert!(generated.contains("with_codes(&[Code::Unavailable])"), "{generated}");
}

#[test]
fn a_wrong_value_in_json_is_shown_with_its_line() {
    let project = Project::new(&[
        ("shop.proto", SHOP),
        ("shop.json", &SHOP_JSON.replace("UNAVAILABLE", "UNAVAILABEL")),
    ]);
    let path = project.protos().join("shop.json");
    let error = project.compile_with(&project.builder().service_config(&path), "shop.proto").unwrap_err();
    assert!(error.is_codegen());
    let shown = error.to_string();
    assert!(shown.contains(&format!("[{}:10:34]", path.display())), "{error}");
    assert!(
        shown.contains("\"retryableStatusCodes\": [\"UNAVAILABEL\"]\n") && shown.contains("UNAVAILABLE?"),
        "{error}"
    );
    assert_eq!(project.written(), [""; 0]);
}

#[test]
fn a_missing_file_is_named_and_nothing_is_written() {
    let project = project(SHOP_YAML);
    let path = project.protos().join("missing.yaml");
    let error = project.compile_with(&project.builder().service_config(&path), "shop.proto").unwrap_err();
    assert!(error.is_io());
    assert!(error.to_string().contains(&format!("cannot read {}", path.display())), "{error}");
    assert_eq!(project.written(), [""; 0]);
}

#[test]
fn a_wrong_value_names_its_line() {
    let project = project(&SHOP_YAML.replace("9s", "9"));
    let path = project.protos().join("shop.yaml");
    let error = project.compile_with(&project.builder().service_config(&path), "shop.proto").unwrap_err();
    assert!(error.is_codegen());
    let shown = error.to_string();
    assert!(shown.contains(&format!("[{}:6:23]", path.display())), "{error}");
    assert!(shown.contains("max_poll_delay: 9\n") && shown.contains("· "), "{error}");
    assert_eq!(project.written(), [""; 0]);
}
