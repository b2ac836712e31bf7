//! Reading many operations.

use std::sync::Arc;

use crate::{FailureCode, OperationName, Owner, ParentPattern, StateKind, Timestamp, View};

/// Which operations to list, and how much of them at once.
///
/// Conditions that are set must all hold. [`selects`](Self::selects) is what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListQuery {
    /// Of which parents.
    pub parent: ParentPattern,
    /// Whose; `None` for everybody's.
    pub owner: Option<Owner>,
    /// In which states; empty for all.
    pub states: Vec<StateKind>,
    /// Of which methods; empty for all.
    pub methods: Vec<Arc<str>>,
    /// Ended with which codes; empty for all, also those without one.
    pub error_codes: Vec<FailureCode>,
    /// Created when.
    pub create_time: TimeRange,
    /// Last changed when.
    pub update_time: TimeRange,
    /// Ended when. A range that is bounded selects only what is done.
    pub end_time: TimeRange,
    /// Where the page before ended; `None` to begin.
    pub after: Option<Cursor>,
    /// At most how many; from 1 to [`MAX_BATCH`](crate::MAX_BATCH).
    pub limit: usize,
    /// Ends a page before the sizes of its views ([`View::size`]) exceed this, after at least one.
    pub max_bytes: usize,
}

impl ListQuery {
    /// The first page of the operations of these parents, with at most `limit` of them.
    pub fn new(parent: ParentPattern, limit: usize) -> Self {
        Self {
            parent,
            owner: None,
            states: Vec::new(),
            methods: Vec::new(),
            error_codes: Vec::new(),
            create_time: TimeRange::default(),
            update_time: TimeRange::default(),
            end_time: TimeRange::default(),
            after: None,
            limit,
            max_bytes: usize::MAX,
        }
    }

    /// Goes on where a page ended.
    #[must_use]
    pub fn after(mut self, after: Option<Cursor>) -> Self {
        self.after = after;
        self
    }

    /// Ends a page before it is larger than this.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Whether an operation is one of those, on whatever page.
    pub fn selects(&self, view: &View) -> bool {
        let code = view.outcome().and_then(crate::Outcome::code);
        self.parent.matches(view.name().parent())
            && self.owner.as_ref().is_none_or(|owner| owner == view.owner())
            && (self.states.is_empty() || self.states.contains(&view.kind()))
            && (self.methods.is_empty() || self.methods.contains(view.method()))
            && (self.error_codes.is_empty() || code.is_some_and(|code| self.error_codes.contains(&code)))
            && self.create_time.contains(Some(view.create_time()))
            && self.update_time.contains(Some(view.update_time()))
            && self.end_time.contains(view.end_time())
    }
}

/// A range of time that is open where a bound is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeRange {
    /// The first time in it.
    pub from: Option<Timestamp>,
    /// The first time after it.
    pub until: Option<Timestamp>,
}

impl TimeRange {
    /// From `from` until before `until`.
    pub fn new(from: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        Self { from, until }
    }

    /// Whether a time is in the range. A time that is missing is in the range without bounds only.
    pub fn contains(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return *self == Self::default() };
        self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// A place in a list: the operation it names and all newer ones are behind it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The creation time of the operation.
    pub create_time: Timestamp,
    /// Its name, which decides between operations of one time.
    pub name: OperationName,
}

impl From<&View> for Cursor {
    fn from(view: &View) -> Self {
        Self { create_time: view.create_time(), name: view.name().clone() }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The operations, newest first.
    pub views: Vec<View>,
    /// Where the next page begins; `None` only at the end of the list.
    pub next: Option<Cursor>,
}

impl Page {
    /// A page and where the next one begins.
    pub fn new(views: Vec<View>, next: Option<Cursor>) -> Self {
        Self { views, next }
    }
}
