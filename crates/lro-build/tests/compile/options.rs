//! Both front doors have the same options, and these do the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZeroUsize;

use lro_build::{Builder, Emit, OperationMapping, RpcMapping, Visibility};
use lro_codegen::{Config, FileReader, OPTIONS};

use crate::support::Project;

/// Something for every option to change.
const SHOP: &str = r#"syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
import "google/longrunning/operations.proto";
import "google/protobuf/timestamp.proto";
// The shop.
service Shop {
  rpc Sell(Order) returns (google.longrunning.Operation) {
    option (google.api.http).post = "/v1/{name=shops/*}:sell";
    option (google.longrunning.operation_info) = { response_type: "Order" metadata_type: "google.protobuf.Empty" };
  }
  rpc Open(Order) returns (google.longrunning.Operation);
}
message Order {
  string name = 1;
  bytes photo = 2;
  map<string, string> labels = 3;
  Part part = 4;
  Color color = 5;
  google.protobuf.Timestamp time = 6;
}
message Part {}
// A shop has jobs of its own.
service Jobs {
  rpc Get(Job) returns (Job);
  rpc Do(Order) returns (Job);
}
message Job {
  string id = 1;
  bool done = 2;
}
enum Color { COLOR_RED = 0; }
"#;

const YAML: &str = "{ type: google.api.Service, publishing: { method_settings: [ \
    { selector: shop.v1.Shop.Sell, long_running: { max_poll_delay: 9s } } ] } }";

const JOBS: &str = "{ type: lro.OperationMapping, operations: [ { message: shop.v1.Job, fields: { name: id }, \
    response_type: Order, metadata_type: Part, get: { method: shop.v1.Jobs.Get, name: id } } ] }";

/// Stands in options for the folder of the protos.
const PROTOS: &str = "PROTOS";

type Setting = fn(Builder, &Project) -> Builder;

/// Options of the plugin, and the same for the builder.
const SAME: &[(&str, Setting)] = &[
    ("emit=lro", |builder, _| builder.emit(Emit::Lro)),
    ("filter_descriptors=false", |builder, _| builder.filter_descriptors(false)),
    ("client=false", |builder, _| builder.client(false)),
    ("server=false", |builder, _| builder.server(false)),
    ("client_feature=web", |builder, _| builder.client_feature("web")),
    ("server_feature=web", |builder, _| builder.server_feature("web")),
    ("runtime=crate::lro", |builder, _| builder.runtime("crate::lro")),
    ("visibility=pub(crate)", |builder, _| builder.visibility(Visibility::Crate)),
    ("routing_headers", |builder, _| builder.routing_headers(true)),
    ("include_file=mod.rs", |builder, _| builder.include_file("mod.rs")),
    ("flat_output_dir=false", |builder, _| builder.flat_output_dir(false)),
    ("default_package_filename=root", |builder, _| builder.default_package_filename("root")),
    ("extern_path=.shop.v1.Part=::parts::Part", |builder, _| {
        builder.extern_path(".shop.v1.Part", "::parts::Part")
    }),
    ("service_config=PROTOS/shop.yaml", |builder, project| {
        builder.service_config(project.protos().join("shop.yaml"))
    }),
    ("service_config=PROTOS/jobs.yaml", |builder, _| {
        let get = RpcMapping::new("shop.v1.Jobs.Get").name_field("id");
        builder.operation_mapping(
            OperationMapping::new("shop.v1.Job")
                .name_field("id")
                .response_type("Order")
                .metadata_type("Part")
                .get(get),
        )
    }),
    ("disable_comments=.shop.v1.Shop", |builder, _| builder.disable_comments(".shop.v1.Shop")),
    ("deny=core", |builder, _| builder.deny("core")),
    ("deny=core,allow=core::0151", |builder, _| builder.deny("core").allow("core::0151")),
    ("deny=core,warn=core::0151", |builder, _| builder.deny("core").warn("core::0151")),
    ("type_attribute=.=#[marked]", |builder, _| builder.type_attribute(".", "#[marked]")),
    ("message_attribute=.=#[marked]", |builder, _| builder.message_attribute(".", "#[marked]")),
    ("enum_attribute=.=#[marked]", |builder, _| builder.enum_attribute(".", "#[marked]")),
    ("field_attribute=.=#[marked]", |builder, _| builder.field_attribute(".", "#[marked]")),
    ("bytes=.", |builder, _| builder.bytes(".")),
    ("btree_map=.", |builder, _| builder.btree_map(".")),
    ("boxed=.shop.v1.Order.part", |builder, _| builder.boxed(".shop.v1.Order.part")),
    ("file_descriptor_set", |builder, _| builder.file_descriptor_set(true)),
    ("skip_debug=.", |builder, _| builder.skip_debug(".")),
    ("client_attribute=.=#[marked]", |builder, _| builder.client_attribute(".", "#[marked]")),
    ("client_mod_attribute=.=#[marked]", |builder, _| builder.client_mod_attribute(".", "#[marked]")),
    ("server_attribute=.=#[marked]", |builder, _| builder.server_attribute(".", "#[marked]")),
    ("server_mod_attribute=.=#[marked]", |builder, _| builder.server_mod_attribute(".", "#[marked]")),
    ("compile_well_known_types,extern_path=.google.protobuf=::known", |builder, _| {
        builder.compile_well_known_types(true).extern_path(".google.protobuf", "::known")
    }),
    ("enable_type_names", |builder, _| builder.enable_type_names(true)),
    ("operation_info=shop.v1.Shop.Open=Order,Part", |builder, _| {
        builder.operation_info("shop.v1.Shop.Open", "Order", "Part")
    }),
    ("retain_enum_prefix", |builder, _| builder.retain_enum_prefix(true)),
    ("threads=1", |builder, _| builder.threads(NonZeroUsize::MIN)),
];

/// This file, for the methods that it calls.
const THIS: &str = include_str!("options.rs");

/// Those that leave the output as it is, or as it would be without the other option of their case.
const WITHOUT_EFFECT: [&str; 3] = ["deny=core,allow=core::0151", "deny=core,warn=core::0151", "threads=1"];

/// Files and what they hold; nothing if the input was refused.
type Written = Option<BTreeMap<String, String>>;

fn project() -> Project {
    let rootless = "syntax = \"proto3\";\nmessage Rootless {}\n";
    Project::new(&[
        ("shop.proto", SHOP),
        ("rootless.proto", rootless),
        ("shop.yaml", YAML),
        ("jobs.yaml", JOBS),
    ])
}

fn by_the_builder(setting: Setting) -> Written {
    let project = project();
    let protos = ["shop.proto", "rootless.proto"].map(|name| project.protos().join(name));
    setting(project.builder(), &project).compile(&protos, &[project.protos()]).ok()?;
    let mut files = project.files();
    // The plugin is asked for these by whoever wants them.
    files.remove("google.protobuf.rs");
    Some(files)
}

/// What the plugin is given by protoc, with the files where build scripts expect them.
fn by_the_plugin(option: &str) -> Written {
    let project = project();
    let set = project.out().join("set.binpb");
    let builder = project.builder().file_descriptor_set_path(&set);
    let protos = ["shop.proto", "rootless.proto"].map(|name| project.protos().join(name));
    builder.compile(&protos, &[project.protos()]).unwrap();

    let option = option.replace(PROTOS, project.protos().to_str().unwrap());
    let targets = ["shop.proto", "rootless.proto"].map(str::to_owned);
    let mut request = lro_codegen::encode_request(fs::read(set).unwrap(), targets).unwrap();
    let parameter = format!("no_include,flat_output_dir=true,{option}");
    prost::encoding::string::encode(2, &parameter, &mut request);
    let mut config = Config::default();
    config.read_file = Some(FileReader::new(|path| fs::read_to_string(path)));
    let output = lro_codegen::generate(request, &config).ok()?;
    Some(output.files().iter().map(|file| (file.name().to_owned(), file.content().to_owned())).collect())
}

#[test]
fn each_method_of_the_builder_does_what_the_option_of_its_name_does() {
    let without = by_the_plugin("");
    for (option, setting) in SAME {
        let (ours, plugins) = (by_the_builder(*setting), by_the_plugin(option));
        assert!(ours == plugins, "{option}: {ours:#?} is not {plugins:#?}");
        assert_eq!(ours == without, WITHOUT_EFFECT.contains(option), "{option} and its effect");
    }
}

#[test]
fn every_option_has_a_method_of_its_name() {
    let named: BTreeSet<&str> = SAME
        .iter()
        .flat_map(|(options, _)| options.split(','))
        .map(|option| option.split('=').next().unwrap())
        .collect();
    // The one without is about the files of another plugin.
    for option in OPTIONS.iter().filter(|option| option.name != "no_include") {
        assert!(named.contains(option.name), "{} has no case", option.name);
        assert!(option.method.starts_with(&format!("{}(", option.name)), "{}", option.method);
        // Where two methods do what one option does, both are shown.
        for method in option.method.split(" or ") {
            let call = format!(".{}(", method.split('(').next().unwrap());
            assert!(THIS.contains(&call), "{method} has no case");
        }
    }
}
