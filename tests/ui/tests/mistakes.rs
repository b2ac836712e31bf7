//! Mistakes that the types of generated code rule out.

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
        return test_tools::skip(&format!(
            "the expected texts are those of {COMPILER}x, and this is {version}"
        ));
    }
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
