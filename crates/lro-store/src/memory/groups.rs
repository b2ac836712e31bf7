//! Operations by a text that several of them have, and by age.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use crate::{Cursor, OperationName, Timestamp};

/// The places of operations in the list of their group, such as those of one parent or of one owner. All of a group
/// share one text.
#[derive(Debug, Default)]
pub(super) struct Groups(BTreeSet<(Arc<str>, Cursor)>);

impl Groups {
    pub(super) fn insert(&mut self, group: &str, place: Cursor) {
        let group = self.shared(group, &place.name);
        self.0.insert((group, place));
    }

    pub(super) fn remove(&mut self, group: &str, place: Cursor) {
        self.0.remove(&(group.into(), place));
    }

    /// The places of a group that are older than one, or all of them, newest first.
    pub(super) fn newest_first<'a>(
        &'a self,
        group: &str,
        after: Option<&Cursor>,
    ) -> impl Iterator<Item = &'a Cursor> + use<'a> {
        let group: Arc<str> = group.into();
        let before = match (after, self.0.first()) {
            (Some(after), _) => Bound::Excluded((Arc::clone(&group), after.clone())),
            // No group has a NUL, so this lies after all of this group and before every other one.
            (None, Some((_, any))) => Bound::Excluded((format!("{group}\0").into(), any.clone())),
            (None, None) => Bound::Unbounded,
        };
        let older = self.0.range((Bound::Unbounded, before)).rev();
        older.take_while(move |(found, _)| *found == group).map(|(_, place)| place)
    }

    /// The text of a group as those have it that are in it. `any` is the name of any operation.
    fn shared(&self, group: &str, any: &OperationName) -> Arc<str> {
        let group: Arc<str> = group.into();
        let lowest = Cursor { create_time: Timestamp::MIN, name: any.clone() };
        let first = self.0.range((Bound::Included((Arc::clone(&group), lowest)), Bound::Unbounded)).next();
        first.filter(|(found, _)| *found == group).map_or(group, |(found, _)| Arc::clone(found))
    }
}
