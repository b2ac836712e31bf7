//! Mistakes that the types of generated code rule out.

use std::io::Write as _;
use std::process::Command;

/// The compiler whose words the cases have beside them; others say the same in other words.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn mistakes_do_not_compile_and_the_compiler_says_why() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version =
        Command::new(rustc).arg("--version").output().expect("the compiler that built this test runs");
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(COMPILER) {
        let why = format!("skipped: the expected texts are those of {COMPILER}x, and this is {version}");
        assert!(std::env::var_os("LRO_REQUIRE_TOOLS").is_none(), "{why}");
        // Around the test harness, which shows only what failing tests print.
        let _ = std::io::stderr().write_all(why.as_bytes());
        return;
    }
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
