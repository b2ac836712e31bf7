//! What a person types.

use crate::support::{run, text};

#[test]
fn help_lists_every_option() {
    let output = run(&["--help"], b"");

    assert!(output.status.success());
    let help = text(&output.stdout);
    for option in lro_codegen::OPTIONS {
        assert!(help.contains(&format!("\n  {}", option.name)), "{} is not in:\n{help}", option.name);
        assert!(help.contains(option.help), "{} is not explained in:\n{help}", option.name);
    }
    assert_eq!(output, run(&["-h"], b""));
}

#[test]
fn version_is_that_of_the_crate() {
    let output = run(&["--version"], b"");

    assert!(output.status.success());
    assert_eq!(text(&output.stdout), format!("protoc-gen-rust-lro {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(output, run(&["-V"], b""));
}

#[test]
fn another_argument_is_an_error_that_points_at_the_help() {
    let output = run(&["--out=src"], b"");

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let error = text(&output.stderr);
    assert!(error.contains("`--out=src`") && error.contains("--help"), "{error}");
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_an_error_as_well() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let output = run(&[OsStr::from_bytes(b"--\xff")], b"");

    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no argument `--\u{fffd}`"), "{}", text(&output.stderr));
}
