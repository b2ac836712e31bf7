//! SQL through psql, which knows every way to log in.

use std::process::{Command, Stdio};

use crate::Error;

/// Runs statements, in one transaction if there are several, and returns rows as lines with `|` between columns.
pub(crate) fn run(mut psql: Command, url: &str, sql: &str) -> Result<String, Error> {
    let output = psql
        .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password"])
        .args(["--set", "ON_ERROR_STOP=1", "--command", sql, url])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::io("psql does not start", &error))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(Error::failed(format!("{sql}: {}", message.trim_end())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// An identifier as SQL writes it.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL and configuration files write it.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
