//! The program, as `cargo run -p replicas` runs it: it fails if anything goes otherwise than it says.

use std::process::Command;

#[test]
fn it_goes_as_it_says() {
    let Some(cluster) = test_postgres::private() else { return };
    let cluster = cluster.start().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_replicas"));
    let output = command.args(["--postgres", &cluster.url("postgres")]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("attempt 2"), "somebody takes over: {said}");
}
