//! Service configs: what of them reaches generated code, and what is said about one that is wrong.

mod grpc;
mod problems;
mod selectors;
mod settings;

use lro_codegen::{Config, Diagnostics, Output, ServiceConfig};

use crate::support::{Proto, generate_with, proto};

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
