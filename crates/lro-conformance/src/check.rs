//! One thing that a server must, should or may do.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::level::Level;
use crate::probe::{Probe, Verdict};
use crate::source::Source;

/// The work of a check.
pub(crate) type Run = for<'a> fn(&'a Probe<'_>) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// One thing that a server must, should or may do.
#[derive(Clone, Copy)]
pub struct Check {
    pub(crate) id: &'static str,
    pub(crate) level: Level,
    pub(crate) sources: &'static [Source],
    pub(crate) title: &'static str,
    pub(crate) run: Run,
}

impl Check {
    /// Its name for machines, `group/check`. It stays the same from version to version.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The part of [`id`](Self::id) before the slash.
    pub fn group(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(group, _)| group)
    }

    /// How binding it is.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Who demands it.
    pub fn sources(&self) -> &'static [Source] {
        self.sources
    }

    /// What the server does if it passes, as one clause.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Whether `pattern` means it: its id, its group, or the beginning of its id and a `*`.
    pub(crate) fn matches(&self, pattern: &str) -> bool {
        match pattern.strip_suffix('*') {
            Some(beginning) => self.id.starts_with(beginning),
            None => self.id == pattern || self.group() == pattern,
        }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("id", &self.id).field("level", &self.level).finish_non_exhaustive()
    }
}

/// An entry of a table of checks: level, id, sources, title, and the async function that takes a probe.
macro_rules! check {
    ($level:ident, $id:literal, [$($source:expr),+], $title:literal, $function:expr) => {
        $crate::check::Check {
            id: $id,
            level: $crate::level::Level::$level,
            sources: &[$($source),+],
            title: $title,
            run: |probe| Box::pin($function(probe)),
        }
    };
}
pub(crate) use check;
