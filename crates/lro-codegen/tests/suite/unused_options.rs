//! Options that change nothing are warned of.

use lro_codegen::Config;

use crate::support::{Proto, generate, generate_with, proto, snapshot};

fn files() -> Vec<Proto> {
    let body = "
        service Shop { rpc Sell(Item) returns (Item); }
        message Item {
          string title = 1;
          bytes photo = 2;
          map<string, bytes> labels = 3;
          repeated Part parts = 4;
          oneof kind { Part part = 5; int32 number = 6; }
          optional int32 size = 7;
          message Inner { enum Tone { TONE_LOUD = 0; } }
        }
        message Part {}
        enum Color { COLOR_RED = 0; }";
    vec![proto("shop.proto", "example.shop", body)]
}

/// The warnings of a run with some options.
fn said(options: &str) -> String {
    let output = generate(&files(), options).unwrap();
    output.warnings().iter().map(|warning| format!("{warning}\n")).collect::<Vec<_>>().concat()
}

#[test]
fn paths_that_match_nothing_are_warnings() {
    let options = [
        "type_attribute=.example.shop.Itm=#[a]",
        "message_attribute=.example.shop.Color=#[a]",
        "enum_attribute=Item=#[a]",
        "field_attribute=.example.shop.Item.titel=#[a]",
        "field_attribute=.example.shop.Part=#[a]",
        "bytes=.example.shop.Item.title",
        "bytes=.example.shop.Item.foto",
        "btree_map=.example.shop.Item.parts",
        "boxed=.example.shop.Item.parts",
        "boxed=.example.shop.Item.part",
        "skip_debug=.exmple.shop.Item",
        "disable_comments=.example.shop.Shop.Sel",
        "client_attribute=.example.shop.Shoop=#[a]",
        "client_mod_attribute=.example.shop.Shop=#[a]",
        "server_attribute=Nowhere=#[a]",
        "server_mod_attribute=.example.shop.v2=#[a]",
        "extern_path=.example.shop.Parts=::a::Parts",
        "no_include",
    ];
    let said: Vec<String> = options.iter().map(|option| format!("# {option}\n{}", said(option))).collect();
    assert!(said.iter().all(|text| text.matches("[lro::unused-option]").count() == 1), "{said:#?}");
    snapshot("unused_options", &said.concat());
}

#[test]
fn paths_that_match_something_are_not() {
    let options = [
        "type_attribute=.example=#[a]",
        "type_attribute=.example.shop.Item.kind=#[a]",
        "type_attribute=Inner.Tone=#[a]",
        "message_attribute=Inner=#[a]",
        "enum_attribute=.example.shop.Item.kind=#[a]",
        "field_attribute=.example.shop.Item.kind.part=#[a]",
        "field_attribute=.example.shop.Item.kind=#[a]",
        "field_attribute=.example.shop.Color.COLOR_RED=#[a]",
        "bytes=.example.shop.Item",
        "bytes=photo",
        "btree_map=.example.shop.Item.labels",
        "boxed=.example.shop.Item.kind.part",
        "boxed=.example.shop.Item.size",
        "skip_debug=Part",
        "disable_comments=.example.shop.Shop.Sell",
        "disable_comments=COLOR_RED",
        "client_attribute=.example.shop.Shop=#[a]",
        "client_mod_attribute=.example.shop=#[a]",
        "extern_path=.example.shop.Item.Inner=::a::Inner",
        "bytes=.",
        "btree_map=.example",
        "server_attribute=.example.shop=#[a]",
    ];
    for option in options {
        assert_eq!(said(option), "", "{option}");
    }
}

#[test]
fn what_may_be_for_another_run_is_left_alone() {
    assert_eq!(said("type_attribute=.other.v1.Thing=#[a],extern_path=.google.type=::a::google::r#type"), "");
}

#[test]
fn what_the_layer_alone_has_no_use_for_is_a_warning() {
    let said =
        said("emit=lro,bytes=.,type_attribute=.example.shop.Gone=#[a],enable_type_names,file_descriptor_set");
    assert_eq!(said.matches("has no effect with emit=lro").count(), 4, "{said}");
    assert_eq!(said.matches("warning: ").count(), 4, "{said}");
}

#[test]
fn the_rule_has_a_level() {
    let run = |options: &str| generate_with(&Config::default(), &files(), options);
    assert!(run("bytes=foto,allow=lro::unused-option").unwrap().warnings().is_empty());
    assert!(
        run("bytes=foto,deny=lro::unused-option").unwrap_err().to_string().contains("error: option bytes")
    );
}
