//! References to elements of the proto in comments: which become links, and where these lead from each kind of element.

use crate::support::{Proto, generate, proto};

fn files(comment: &str) -> Vec<Proto> {
    let body = "
        // COMMENT
        service Shop {
          rpc Get(Item) returns (Item);
          rpc Sell(Item) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" };
          }
        }
        service Plain {
          rpc Look(Item) returns (Item);
        }
        message Item {
          // COMMENT
          string name = 1;
          oneof kind {
            // COMMENT
            int32 size = 2;
          }
          Color color = 3;
          map<string, string> notes = 4;
          // COMMENT
          message Part {
            // Nothing.
            string name = 1;
          }
        }
        enum Color {
          option allow_alias = true;
          COLOR_NONE = 0;
          COLOR_RED = 1;
          COLOR_CRIMSON = 1;
        }"
    .replace("COMMENT", comment);
    vec![
        proto("shop.proto", "example.shop", &body),
        proto("depot.proto", "example.depot", "message Box {} message Debug {}"),
    ]
}

/// The lines in which a reference is printed, each kind once.
fn printed(reference: &str, options: &str) -> Vec<String> {
    let output = generate(&files(&format!("See {reference}!")), options).unwrap();
    let mut lines: Vec<String> = Vec::new();
    for line in output.files().iter().flat_map(|file| file.content().lines()) {
        let found = line.trim_start().strip_prefix("/// See ").and_then(|rest| rest.strip_suffix('!'));
        if let Some(found) = found.map(str::to_owned).filter(|found| !lines.contains(found)) {
            lines.push(found);
        }
    }
    lines
}

#[track_caller]
fn check(options: &str, cases: &[(&str, &[&str])]) {
    for (reference, expected) in cases {
        assert_eq!(printed(reference, options), *expected, "{reference} with {options:?}");
    }
}

#[test]
fn links_lead_from_each_place_to_the_item() {
    check(
        "",
        &[
            ("[Item][example.shop.Item]", &["[`Item`]", "[`Item`](super::Item)"]),
            (
                "[Part][example.shop.Item.Part]",
                &["[`Part`](item::Part)", "[`Part`]", "[`Part`](super::item::Part)"],
            ),
            ("[name][example.shop.Item.name]", &["[`name`](Item::name)", "[`name`](super::Item::name)"]),
            (
                "[a name][example.shop.Item.Part.name]",
                &["[a name](item::Part::name)", "[a name](Part::name)", "[a name](super::item::Part::name)"],
            ),
            (
                "[color][example.shop.Item.color]",
                &["[`color`](field@Item::color)", "[`color`](field@super::Item::color)"],
            ),
            ("[kind][example.shop.Item.kind]", &["[`kind`](Item::kind)", "[`kind`](super::Item::kind)"]),
            (
                "[size][example.shop.Item.size]",
                &["[`size`](item::Kind::Size)", "[`size`](Kind::Size)", "[`size`](super::item::Kind::Size)"],
            ),
            ("[red][example.shop.Color.COLOR_RED]", &["[`red`](Color::Red)", "[`red`](super::Color::Red)"]),
            ("[Shop][example.shop.Shop]", &["[`Shop`](shop_lro)", "[`Shop`](super::shop_lro)"]),
            (
                "[Sell][example.shop.Shop.Sell]",
                &[
                    "[`Sell`](method@shop_lro::ShopLroClient::sell)",
                    "[`Sell`](method@super::shop_lro::ShopLroClient::sell)",
                ],
            ),
            (
                "[Plain][example.shop.Plain]",
                &[
                    "[`Plain`](struct@plain_client::PlainClient)",
                    "[`Plain`](struct@super::plain_client::PlainClient)",
                ],
            ),
            (
                "[Look][example.shop.Plain.Look]",
                &[
                    "[`Look`](method@plain_client::PlainClient::look)",
                    "[`Look`](method@super::plain_client::PlainClient::look)",
                ],
            ),
        ],
    );
}

#[test]
fn what_has_no_item_or_none_that_we_know_is_text() {
    let cases = [
        "Item.nothing",
        "Item.NotesEntry",
        "Item.name.more",
        "Color.COLOR_CRIMSON",
        "Shop.Nothing",
        "Nothing",
    ];
    for name in cases {
        check("", &[(&format!("[{name}][example.shop.{name}]"), &[&format!("`{name}`")])]);
    }
    check(
        "",
        &[
            ("[Operation][google.longrunning.Operation]", &["`Operation`"]),
            // Only with an include file is the place of other packages known.
            ("[Box][example.depot.Box]", &["`Box`"]),
        ],
    );
    check(
        "include_file=mod.rs",
        &[("[Box][example.depot.Box]", &["[`Box`](super::depot::Box)", "[`Box`](super::super::depot::Box)"])],
    );
    let item = "[Item][example.shop.Item]";
    check("extern_path=.example.shop.Item=::other::Item", &[(item, &["`Item`"])]);
    check("type_attribute=.=#[cfg(feature = \"x\")]", &[(item, &["`Item`"])]);
}

#[test]
fn links_go_where_the_options_leave_something() {
    let method = "[Look][example.shop.Plain.Look]";
    let sell = "[Sell][example.shop.Shop.Sell]";
    check(
        "client=false",
        &[(
            method,
            &[
                "[`Look`](method@plain_server::Plain::look)",
                "[`Look`](method@super::plain_server::Plain::look)",
            ],
        )],
    );
    check(
        "client=false,server=false",
        &[(method, &["`Look`"]), (sell, &["[`Sell`](shop_lro::SELL)", "[`Sell`](super::shop_lro::SELL)"])],
    );
    check(
        "retain_enum_prefix,client=false",
        &[("[red][Color.COLOR_RED]", &["[`red`](Color::ColorRed)", "[`red`](super::Color::ColorRed)"])],
    );
    check("visibility=pub(crate)", &[(sell, &["`Sell`"])]);
    let trait_method =
        ["[`Look`](method@plain_server::Plain::look)", "[`Look`](method@super::plain_server::Plain::look)"];
    check("client_feature=client", &[(method, &trait_method)]);
    check(
        "emit=lro",
        &[
            (method, &["`Look`"]),
            (sell, &["[`Sell`](method@super::shop_lro::ShopLroClient::sell)"]),
            ("[Item.size][]", &["[`Item.size`](super::item::Kind::Size)"]),
            // How the values are called is up to the generator of messages.
            ("[Color.COLOR_RED][]", &["`Color.COLOR_RED`"]),
        ],
    );
}

#[test]
fn relative_names_are_looked_for_from_the_element_outwards() {
    check(
        "",
        &[
            ("[Color][]", &["[`Color`]", "[`Color`](super::Color)"]),
            ("[Item.name][]", &["[`Item.name`](Item::name)", "[`Item.name`](super::Item::name)"]),
            (
                "[.example.shop.Item][]",
                &["[`.example.shop.Item`](Item)", "[`.example.shop.Item`](super::Item)"],
            ),
            ("[Sell][]", &["`Sell`", "[`Sell`](method@super::shop_lro::ShopLroClient::sell)"]),
        ],
    );
}

#[test]
fn types_called_like_derive_macros_are_told_from_them() {
    let file = proto("debug.proto", "example", "// See [Debug][example.Debug]. \n message Debug {}");
    let output = generate(&[file], "").unwrap();
    assert!(output.files()[0].content().contains("/// See [`Debug`](type@Debug).\n"));
}

#[test]
fn clients_of_deprecated_services_are_deprecated() {
    let body = "service Old { option deprecated = true;
          rpc Do(Item) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" };
          }
        }
        message Item {}";
    let output = generate(&[proto("old.proto", "example", body)], "emit=lro").unwrap();
    let content = &output.files().iter().find(|file| file.name().ends_with("lro.rs")).unwrap().content();
    let deprecated = "#[deprecated]\n    #[derive(Debug, Clone)]\n    pub struct OldLroClient";
    assert!(content.contains(deprecated), "{content}");
    assert_eq!(content.matches("#[deprecated]").count(), 1);
}
