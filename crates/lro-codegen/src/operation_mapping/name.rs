//! Names as mappings write them.

use crate::diagnostics::{Location, shown};

/// A name as a mapping writes it, and where.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) location: Location,
}

impl Name {
    /// A name that a call of a build script says: of a method, and of what that belongs to.
    pub(super) fn said(of: &str, method: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        let location = Location::of_file(call(of, method, &text));
        Self { text, location }
    }
}

/// A call as it stands in a build script, but for what else it says.
pub(super) fn call(of: &str, method: &str, text: &str) -> String {
    let dot = if of.contains('(') { "." } else { "::" };
    format!("{of}{dot}{method}(\"{}\")", shown(text))
}
