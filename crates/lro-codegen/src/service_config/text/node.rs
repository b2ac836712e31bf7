//! What is in a file, as a tree with positions, whether it was written in YAML or in JSON.

use std::borrow::Cow;

/// Deeper nesting is refused. What is read lies at most 6 levels deep.
pub(in crate::service_config) const MAX_DEPTH: usize = 64;

/// Longer texts are refused: 9 times the longest that is known. What takes most memory at this length are hundreds of thousands of
/// mappings in one list (`[:,:,…]`), with which a process was measured at 313 MB; most of that is the parser's.
pub(in crate::service_config) const MAX_LENGTH: usize = 1 << 20;

/// A value and where it is.
#[derive(Debug)]
pub(in crate::service_config) struct Node<'a> {
    pub(in crate::service_config) place: Place,
    pub(in crate::service_config) value: Value<'a>,
}

/// Where a value begins, and where it ends if it is a single one; in YAML, if it is a text without quotes.
#[derive(Debug, Clone, Copy)]
pub(in crate::service_config) struct Place {
    pub(in crate::service_config) start: Position,
    pub(in crate::service_config) end: Option<Position>,
}

/// Line and column, both from one. Columns are letters.
pub(in crate::service_config) type Position = (u32, u32);

#[derive(Debug)]
pub(in crate::service_config) enum Value<'a> {
    Scalar(Cow<'a, str>),
    /// What stands for no value at all: `null`, or in YAML also `~` or nothing, without quotes.
    Null,
    Sequence(Vec<Node<'a>>),
    Mapping(Vec<(Node<'a>, Node<'a>)>),
    /// A reference to another value, which YAML has. These are never followed, so that no input grows by being read.
    Alias,
}

/// Why a text is nothing that is read here, and where.
#[derive(Debug)]
pub(in crate::service_config) struct Broken {
    pub(in crate::service_config) place: Option<Place>,
    pub(in crate::service_config) reason: String,
}

impl Broken {
    pub(in crate::service_config) fn at(start: Position, reason: impl Into<String>) -> Self {
        Self { place: Some(Place { start, end: None }), reason: reason.into() }
    }

    pub(in crate::service_config) fn too_deep(start: Position) -> Self {
        Self::at(start, format!("it is nested more than {MAX_DEPTH} levels deep"))
    }
}

/// The text of a file, without the mark that programs on Windows put at its start.
pub(in crate::service_config) fn within_bounds(text: &str) -> Result<&str, Broken> {
    if text.len() > MAX_LENGTH {
        let reason = format!("it is longer than {} MiB", MAX_LENGTH >> 20);
        return Err(Broken { place: None, reason });
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
