//! What can go wrong with a server.

use std::fmt;
use std::io;
use std::path::Path;

/// Lines of a log that go into an error.
const TAIL: usize = 20;

/// Why a server does not do what it was asked, with the end of its log.
pub struct Error {
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Missing,
    Failed,
}

impl Error {
    /// Whether the programs are not on this machine, so that a test is to be skipped.
    pub fn is_missing(&self) -> bool {
        self.kind == Kind::Missing
    }

    pub(crate) fn missing(text: impl Into<String>) -> Self {
        Self { kind: Kind::Missing, text: text.into() }
    }

    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, text: text.into() }
    }

    pub(crate) fn io(doing: impl fmt::Display, error: &io::Error) -> Self {
        Self::failed(format!("{doing}: {error}"))
    }

    /// The same with the end of a log, if there is one.
    pub(crate) fn with_log(mut self, log: &Path) -> Self {
        let bytes = std::fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        if !lines.is_empty() {
            self.text.push_str("; the end of the log:");
        }
        for line in &lines[lines.len().saturating_sub(TAIL)..] {
            self.text.push_str("\n    ");
            self.text.push_str(line);
        }
        self
    }

    /// Whether the log in it says so.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// As text, because tests print errors with `unwrap`, and a log is to be read.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}
