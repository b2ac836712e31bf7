//! Filters of lists, by AIP-160.
//!
//! The stages, a file each: `scan` and `parse` make a `tree` of a text; `compile` looks its fields up (`fields`, and `message` for those
//! of the API's own messages) and reads its values (`compare`, with `time` and `pattern`); `evaluate` puts the result to operations,
//! and `pushdown` tells a store what it can look for itself. Whatever is wrong is an `error` with its place.

mod compare;
mod compile;
mod error;
mod evaluate;
mod fields;
mod message;
mod parse;
mod pattern;
mod pushdown;
mod scan;
#[cfg(test)]
mod tests;
mod time;
mod tree;

use lro_store::{ListQuery, View};

pub(super) use self::error::FilterError;
use self::evaluate::Node;
pub(super) use self::message::Types;

/// Which operations are wanted.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    root: Node,
    questions: usize,
    is_whole: bool,
}

impl Filter {
    /// Reads a filter; an empty one wants everything. `types` are the messages whose fields it can name.
    ///
    /// # Errors
    /// What AIP-160 does not allow, fields that there are not, and values that they cannot have.
    pub(super) fn parse(text: &str, types: &Types) -> Result<Self, FilterError> {
        let root = match parse::parse(text)? {
            Some(expr) => compile::compile(&expr, types)?,
            None => Node::All(Vec::new()),
        };
        Ok(Self { questions: root.questions(), is_whole: pushdown::is_whole(&root), root })
    }

    /// Narrows a query to operations that can match; `None` if none can. What it selects has still to be put to
    /// [`matches`](Self::matches).
    pub(super) fn narrow(&self, query: ListQuery) -> Option<ListQuery> {
        pushdown::narrow(&self.root, query)
    }

    /// Whether all that a narrowed query selects matches.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether an operation is wanted.
    pub(super) fn matches(&self, view: &View) -> bool {
        self.root.holds(view)
    }

    /// About how many bytes are looked at to answer that.
    pub(super) fn cost(&self, view: &View) -> usize {
        view.size() * (1 + self.questions)
    }
}
