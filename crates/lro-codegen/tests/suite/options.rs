//! The option string: what each option does, and what is said about one that does not fit.

use lro_codegen::{Config, FileReader, OPTIONS};
use prost::Message as _;

use crate::support::{
    Proto, check_refused, descriptor_set, generate, generate_with, proto, request_for, run, show,
};

fn files() -> Vec<Proto> {
    let body = "
        // The service's words.
        service Shop {
          rpc Sell(Item) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"google.protobuf.Empty\" };
          }
        }
        // The item's words.
        message Item {
          bytes photo = 1;
          map<string, string> labels = 2;
          Part part = 3;
          Color color = 4;
          google.longrunning.Operation operation = 5;
        }
        message Part {}
        enum Color { COLOR_RED = 0; }";
    vec![proto("shop.proto", "example.shop", body)]
}

const SHOP_YAML: &str = "{ type: google.api.Service, publishing: { method_settings: [ \
    { selector: example.shop.Shop.Sell, long_running: { max_poll_delay: 9s } } ] } }";

const SHOP_JSON: &str =
    r#"{ "methodConfig": [{ "name": [{ "service": "example.shop.Shop" }], "timeout": "9s" }] }"#;

/// Options, something that is in the output with them only, and something that is in it without them only.
const EFFECTS: &[(&str, &str, &str)] = &[
    ("emit=lro", "===== example/shop/example.shop.lro.rs", "pub struct Item"),
    ("client=false", "", "ShopLroClient"),
    ("client=false", "", "ShopClient"),
    ("server=false", "", "ShopLroServer"),
    ("server=false", "", "ShopServer"),
    ("client_feature=web", "#[cfg(feature = \"web\")]\npub mod shop_client {", ""),
    ("server_feature=web", "#[cfg(feature = \"web\")]\npub mod shop_server {", ""),
    ("runtime=::facade::lro", "use ::facade::lro::codegen::*;", "use ::lro::codegen"),
    ("runtime=crate::lro", "Option<crate::lro::google::longrunning::Operation>", "Option<::lro::google"),
    ("visibility=pub(crate)", "pub(crate) mod shop_lro {", "pub mod shop_lro {"),
    ("visibility=pub(crate),include_file=mod.rs", "pub(crate) mod example {", ""),
    ("file_descriptor_set", "pub const FILE_DESCRIPTOR_SET: &[u8] = b\"", ""),
    ("filter_descriptors=false", "let descriptors = b\"\";", "let descriptors = b\"\\\n"),
    ("skip_debug=.", "#[prost(skip_debug)]", ""),
    ("client_attribute=.=#[marked]", "#[marked]\n    #[derive(Debug, Clone)]\n    pub struct ShopClient", ""),
    ("client_mod_attribute=.=#[marked]", "#[marked]\npub mod shop_client {", ""),
    ("server_attribute=.=#[marked]", "#[marked]\n    #[derive(Debug)]\n    pub struct ShopServer", ""),
    ("server_mod_attribute=.=#[marked]", "#[marked]\npub mod shop_server {", ""),
    ("routing_headers", ".with_routing(", ""),
    ("include_file=mod.rs", "===== mod.rs", ""),
    ("flat_output_dir=false", "===== example/shop/example.shop.rs", "===== example.shop.rs"),
    ("emit=lro,no_include", "===== example/shop/example.shop.lro.rs", ""),
    ("extern_path=.example.shop.Part=::parts::Part", "<::parts::Part>", "pub struct Part"),
    ("service_config=shop.yaml", ".with_polling(", ""),
    ("service_config=shop.json", ".with_timeout(", ""),
    ("disable_comments=.", "", "The item's words."),
    ("operation_info=example.shop.Shop.Sell=Part,Part", "[lro::outside-annotation]", ""),
    ("disable_comments=.example.shop.Shop", "", "The service's words."),
    ("disable_comments=shop.Shop", "", "The service's words."),
    ("warn=core::0151::lro-metadata-type", "warning: example.shop.Shop.Sell names google.protobuf.Empty", ""),
    ("deny=core::0151", "error: example.shop.Shop.Sell names google.protobuf.Empty", "pub struct Item"),
    ("warn=core,allow=core::0151::lro-response-type", "[core::0151::lro-metadata-type]", ""),
    ("type_attribute=.=#[marked]", "#[marked]\n", ""),
    ("message_attribute=.=#[marked(a\\, b)]", "#[marked(a, b)]\n", ""),
    ("enum_attribute=.=#[marked]", "#[marked]\n", ""),
    ("field_attribute=.example.shop.Item.part=#[marked]", "#[marked]\n", ""),
    ("bytes=.", "::prost::bytes::Bytes", "::prost::alloc::vec::Vec<u8>"),
    ("btree_map=.", "BTreeMap<", "HashMap<"),
    ("boxed=.example.shop.Item.part", "::prost::alloc::boxed::Box<Part>", ""),
    ("compile_well_known_types,extern_path=.google.protobuf=::known", "::known::Empty", "Context<()>"),
    ("enable_type_names", "impl ::prost::Name for Item", ""),
    ("retain_enum_prefix", "ColorRed = 0", ""),
];

#[test]
fn every_option_changes_the_output_as_it_says() {
    let mut config = Config::default();
    config.read_file =
        Some(FileReader::new(|path| Ok(if path == "shop.json" { SHOP_JSON } else { SHOP_YAML }.to_owned())));
    let generate = |files: &[Proto], option: &str| generate_with(&config, files, option);
    let without = show(&generate(&files(), ""));
    for (option, added, dropped) in EFFECTS {
        let with = show(&generate(&files(), option));
        assert!(!added.is_empty() || !dropped.is_empty(), "{option} has no effect");
        for (text, there, gone) in [(added, &with, &without), (dropped, &without, &with)] {
            assert!(there.contains(text), "{option}: `{text}` is not in {there}");
            assert!(text.is_empty() || !gone.contains(text), "{option}: `{text}` is in {gone}");
        }
    }
    // The first is about files without a package and has a test of its own; the second changes nothing but the time.
    let elsewhere = ["default_package_filename", "threads"];
    for spec in OPTIONS.iter().filter(|spec| !elsewhere.contains(&spec.name)) {
        let named = |(option, ..): &(&str, &str, &str)| {
            option.split(',').any(|part| part.split('=').next() == Some(spec.name))
        };
        assert!(EFFECTS.iter().any(named), "{} has no case", spec.name);
    }
}

#[test]
fn comments_are_left_out_of_what_is_named_only() {
    let output = show(&generate(&files(), "disable_comments=.example.shop.Shop"));
    assert!(output.contains("The item's words.") && !output.contains("The service's words."), "{output}");
}

#[test]
fn switches_can_be_given_in_three_ways() {
    let on = generate(&files(), "enable_type_names").unwrap();
    assert_eq!(generate(&files(), "enable_type_names=true").unwrap(), on);
    assert_eq!(
        generate(&files(), "enable_type_names=true,enable_type_names=false").unwrap(),
        generate(&files(), "").unwrap()
    );
    assert_eq!(generate(&files(), " , enable_type_names = true ,").unwrap(), on);
}

#[test]
fn unknown_options_list_the_valid_ones() {
    check_refused("options_unknown", &files(), "emti=lro,frobnicate=1,=x,Emit=all");
}

#[test]
fn malformed_values_are_refused_with_what_is_wanted() {
    let values = [
        "emit",
        "emit=both",
        "client=yes",
        "server=0",
        "include_file",
        "include_file=../mod.rs",
        "include_file=a\\\\b",
        "flat_output_dir=maybe",
        "client_feature",
        "client_feature=a b",
        "server_feature=\"",
        "runtime",
        "runtime=lro",
        "runtime=::a b",
        "runtime=::a::<b>",
        "visibility",
        "visibility=private",
        "default_package_filename",
        "default_package_filename=../root",
        "file_descriptor_set=a.bin",
        "skip_debug",
        "client_attribute=.",
        "client_attribute=.=cfg(a)",
        "client_mod_attribute=.=#[",
        "server_attribute=.=#[a] struct B;",
        "server_mod_attribute=.= ",
        "no_include=maybe",
        "extern_path",
        "extern_path=.a",
        "extern_path==::a",
        "extern_path=.a=",
        "service_config",
        "disable_comments",
        "type_attribute=.",
        "type_attribute=.=derive(Eq)",
        "message_attribute=.=",
        "enum_attribute==#[a]",
        "field_attribute",
        "bytes",
        "btree_map=",
        "boxed",
        "compile_well_known_types=1",
        "enable_type_names=on",
        "retain_enum_prefix=off",
        "threads=0",
    ];
    check_refused("options_malformed", &files(), &values.join(","));
}

#[test]
fn options_of_other_generators_get_advice() {
    let names = [
        "no_client",
        "no_server=true",
        "no_transport",
        "disable_package_emission",
        "gen_crate=Cargo.toml.tpl",
    ];
    let more = ["no_features", "out_dir=src", "protoc_arg=-I", "use_arc_self", "codec_path=a::B"];
    check_refused("options_others", &files(), &[&names[..], &more[..]].concat().join(","));
}

#[test]
fn all_of_one_side_is_behind_its_feature() {
    let output = generate(&files(), "client_feature=web,server_feature=web").unwrap();
    let file: syn::File = syn::parse_str(output.files()[0].content()).unwrap();
    let gated =
        |attributes: &[syn::Attribute]| attributes.iter().any(|attribute| attribute.path().is_ident("cfg"));
    let mut plain = Vec::new();
    for item in &file.items {
        match item {
            syn::Item::Mod(module) if module.ident == "shop_lro" => {
                for item in &module.content.as_ref().unwrap().1 {
                    match item {
                        syn::Item::Struct(syn::ItemStruct { attrs, .. })
                        | syn::Item::Trait(syn::ItemTrait { attrs, .. })
                        | syn::Item::Impl(syn::ItemImpl { attrs, .. }) => assert!(gated(attrs)),
                        syn::Item::Use(item) if gated(&item.attrs) => {}
                        syn::Item::Use(_) => plain.push("use".to_owned()),
                        syn::Item::Const(constant) => plain.push(constant.ident.to_string()),
                        _ => panic!("there is another kind of item"),
                    }
                }
            }
            syn::Item::Mod(module) => assert!(gated(&module.attrs), "{}", module.ident),
            _ => {}
        }
    }
    assert_eq!(plain, ["use", "_", "SELL"]);
}

#[test]
fn files_without_a_package_go_where_they_are_wanted() {
    let files = [proto(
        "root.proto",
        "",
        "service Root { rpc Run(Item) returns (google.longrunning.Operation) { \
        option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" }; } } message Item {}",
    )];
    for (options, names) in [
        ("", vec!["root.rs"]),
        ("emit=lro", vec!["root", "root.lro.rs"]),
        ("emit=lro,no_include", vec!["root.lro.rs"]),
    ] {
        let output = generate(&files, &format!("{options},default_package_filename=root")).unwrap();
        assert_eq!(
            output.files().iter().map(lro_codegen::File::name).collect::<Vec<_>>(),
            names,
            "{options}"
        );
    }
}

#[test]
fn descriptors_are_those_of_the_package_with_its_imported_files() {
    let files = [
        ("other.proto", "syntax = \"proto3\"; package other; // A comment.\nmessage Other {}".to_owned()),
        ("more.proto", "syntax = \"proto3\"; package example.shop; message More {}".to_owned()),
        proto(
            "shop.proto",
            "example.shop",
            "import \"more.proto\"; import \"other.proto\"; message Item { More more = 1; other.Other other = 2; }",
        ),
    ];
    let request = request_for(descriptor_set(&files), ["shop.proto", "other.proto"], "file_descriptor_set");
    let output = run(request).unwrap();
    let sets: Vec<Vec<String>> = output
        .files()
        .iter()
        .map(|file| {
            let file: syn::File = syn::parse_str(file.content()).unwrap();
            let set = file.items.iter().find_map(|item| match item {
                syn::Item::Const(constant) if constant.ident == "FILE_DESCRIPTOR_SET" => Some(&constant.expr),
                _ => None,
            });
            let Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::ByteStr(bytes), .. })) =
                set.map(|set| &**set)
            else {
                panic!("there is no literal");
            };
            let set = prost_types::FileDescriptorSet::decode(&bytes.value()[..]).unwrap();
            assert!(set.file.iter().all(|file| file.source_code_info.is_none()));
            set.file.iter().map(|file| file.name().to_owned()).collect()
        })
        .collect();
    assert_eq!(sets, [vec!["more.proto", "shop.proto"], vec!["other.proto"]]);
}

#[test]
fn extern_paths_that_are_no_paths_are_refused() {
    let values = [
        "a=::b",
        ".=::b",
        ".a..b=::c",
        ".c=::b::",
        ".d=::b c",
        ".e=1",
        ".f={}",
        ".h=::a::{}",
        ".g=::b",
        ".g=::c",
        ".google.protobuf=::known",
        ".google.protobuf.Empty=::known::Empty",
        ".google.longrunning=::known::longrunning",
        ".a b=::c",
    ];
    let options: Vec<String> = values.iter().map(|value| format!("extern_path={value}")).collect();
    check_refused("options_extern_path", &files(), &options.join(","));
}

#[test]
fn the_file_of_a_package_is_no_include_file() {
    for (options, name) in [("", "example.shop.rs"), ("emit=lro,flat_output_dir=true", "example.shop.lro.rs")]
    {
        let error = generate(&files(), &format!("{options},include_file={name}")).unwrap_err();
        assert!(error.to_string().contains("is the file of the package"), "{error}");
    }
}

#[test]
fn extern_paths_win_over_the_runtime_and_may_have_keywords() {
    let body = "service Names { rpc Import(google.rpc.Status) returns (google.longrunning.Operation) { \
        option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"google.rpc.Help\" }; } } \
        message Item {} message Holder { google.rpc.Status status = 1; }";
    let imports = "import \"google/rpc/status.proto\"; import \"google/rpc/error_details.proto\";\n";
    let files = [proto("names.proto", "example", &(imports.to_owned() + body))];
    let options = "extern_path=.google.rpc=::own::rpc,extern_path=.google.longrunning=::lro::google::longrunning,\
        extern_path=.example.Item=::own::type::Item";
    let output = generate(&files, options).unwrap();
    let content = output.files()[0].content();
    for path in ["::own::rpc::Status", "::own::rpc::Help", "::own::r#type::Item"] {
        assert!(content.contains(path), "{path}");
    }
    assert!(!content.contains("::lro::google::rpc"));
}
