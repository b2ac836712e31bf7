//! Where the server keeps things, as it is told on the command line.

use std::process::Command;

/// What the server says when it cannot start with this store.
fn refusal(store: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_library"));
    let output = command.args(["server", "--listen=127.0.0.1:0", "--store", store]).output().unwrap();
    assert!(!output.status.success(), "{store}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_store_that_cannot_be_opened_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let said = refusal(&format!("sqlite:{}/missing/library.db", folder.path().display()));
    assert!(said.contains("there is no folder") && said.contains("make it"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_store_that_there_is_not_is_refused_with_those_that_there_are() {
    for store in ["", "sqlite", "sqlite:", "redis:host"] {
        let said = refusal(store);
        assert!(said.contains("memory, sqlite:PATH or postgres:URL"), "{store}: {said}");
    }
}
