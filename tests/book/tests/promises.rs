//! Every promise of the client names tests, and they exist.

use std::fs;
use std::path::Path;

#[test]
fn every_promise_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/src/promises.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 20, "there are {} promises", rows.len());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let tests: Vec<&str> = cells[2].split('`').filter(|text| text.contains("::")).collect();
        assert!(!tests.is_empty(), "no test holds this promise: {row}");
        for test in tests {
            let (module, name) = test.split_once("::").unwrap();
            let path = root.join(format!("crates/lro/tests/client/promises/{module}.rs"));
            let code = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{test}: {error}"));
            assert!(code.contains(&format!("fn {name}()")), "there is no test `{test}`");
        }
    }
}
