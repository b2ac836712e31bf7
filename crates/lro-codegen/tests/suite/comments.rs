//! Comments made to trip rustdoc, on every kind of element, in what each of the three generators prints.

use crate::support::{Proto, generate, proto, snapshot};

/// What stands on each element.
const HOSTILE: &str = "
  // Tags <T> and Map<K, V>, [brackets], [Item][example.Item], [link](https://a.example/x).
  // See https://a.example/b?c=d. Or (https://a.example), or `https://a.example/{id}[0]`.
  //
  // * a list
  //     * nested, with an `open tick
  //
  //       and more
  //
  // ```
  // let fenced = <T>;
  // ```
  //
  //     let indented = [0];
  //
  // */ /* \\\"quoted\\\" \\
";

fn hostile() -> Proto {
    let body = "
        HOSTILE
        service Shop {
          HOSTILE
          rpc Get(Item) returns (Item);
          HOSTILE
          rpc Sell(Item) returns (google.longrunning.Operation) {
            option (google.longrunning.operation_info) = { response_type: \"Item\" metadata_type: \"Item\" };
          }
        }
        HOSTILE
        message Item {
          HOSTILE
          string name = 1;
          HOSTILE
          oneof kind {
            HOSTILE
            int32 size = 2;
          }
        }
        HOSTILE
        enum Color {
          HOSTILE
          COLOR_RED = 0;
        }";
    proto("shop.proto", "example", &body.replace("HOSTILE", HOSTILE.trim()))
}

/// The doc comments of a run, each kind once.
fn docs(parameter: &str) -> String {
    let output = generate(&[hostile()], parameter).unwrap();
    let mut seen = Vec::new();
    let mut block = String::new();
    for line in output.files().iter().flat_map(|file| file.content().lines()) {
        let line = line.trim_start();
        if line.starts_with("///") {
            block += line;
            block += "\n";
        } else if !block.is_empty() {
            let found = std::mem::take(&mut block);
            if found.contains("Tags") && !seen.contains(&found) {
                seen.push(found);
            }
        }
    }
    seen.join("-----\n")
}

#[test]
fn the_layer_prints_comments_that_rustdoc_takes() {
    snapshot("comments_lro", &docs("emit=lro"));
}

#[test]
fn messages_and_services_say_the_same() {
    // Only references differ: services are printed one module deeper, and oneofs in two.
    let text = docs("client=true,server=true");
    let text = text.replace("[`Item`](super::Item)", "`Item`").replace("[`Item`]", "`Item`");
    let plain = text.split("-----\n").next().unwrap();
    assert!(!plain.contains("# Errors"), "messages come first");
    for other in text.split("-----\n") {
        assert!(other.starts_with(plain), "{other}");
    }
}

#[test]
fn elements_without_comments_do_not_break_missing_docs() {
    let file =
        proto("bare.proto", "example", "message Bare { string name = 1; } enum Color { COLOR_RED = 0; }");
    let output = generate(&[file], "").unwrap();
    assert_eq!(
        output.files()[0].content().matches("#[allow(clippy::all, dead_code, missing_docs)]").count(),
        2
    );
}
