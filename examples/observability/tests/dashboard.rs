//! The dashboard shows every metric that the guide to operating names, and no other.

use std::collections::BTreeSet;

use serde_json::Value;

const DASHBOARD: &str = include_str!("../dashboard.json");
const GUIDE: &str = include_str!("../../../docs/src/operating.md");

/// What of a text begins with `lro_`.
fn metrics(text: &str) -> BTreeSet<String> {
    let is_part = |character: char| character.is_ascii_lowercase() || character == '_';
    let words = text.split(|character| !is_part(character)).filter(|word| word.starts_with("lro_"));
    // Those that Prometheus makes of a histogram.
    let base = |word: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        parts.iter().find_map(|part| word.strip_suffix(part)).unwrap_or(word).to_owned()
    };
    words.map(base).collect()
}

#[test]
fn every_metric_has_a_panel_and_every_panel_a_metric() {
    let table = GUIDE.split_once("### Metrics").expect("there is a table").1;
    let documented = metrics(table.split_once("## Figures").expect("something follows").0);
    assert!(documented.len() > 10, "{documented:?}");
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("there are panels");
    let mut shown = BTreeSet::new();
    for panel in panels {
        for target in panel["targets"].as_array().expect("a panel has queries") {
            let used = metrics(target["expr"].as_str().expect("a query is text"));
            assert!(!used.is_empty(), "{target}");
            shown.extend(used);
        }
    }
    assert_eq!(shown, documented);
}
