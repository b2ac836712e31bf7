//! Where claims enter the queues.
//!
//! What was claimed leaves dead entries at the head of the index of a queue. Vacuum removes them, unless some long
//! transaction might still see the rows. Then each claim would walk over all that was ever claimed since, which takes the
//! longer the more that is. So while a queue is long, or once the way to its head is, claims enter it where the last one has
//! stopped, and begin at its head a few times a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lro_store::View;
use tokio::time::Instant;

/// From when on a claim that begins at the head takes long.
const LONG: Duration = Duration::from_millis(5);

/// So many have to be claimed before that may be for what was claimed. After so many without an end in sight it will be.
const MANY: usize = 2_000;

/// How often claims begin at the head all the same: what comes later and goes first is found by then.
const HEAD: Duration = Duration::from_millis(200);

/// A place in a queue: the negative priority and the creation time.
type Place = (i32, i64);

/// Before all others.
const FIRST: Place = (i32::MIN, i64::MIN);

/// Where claims enter the queue of each method.
#[derive(Debug, Default)]
pub(crate) struct Entries(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Where the last claim that has got something has stopped.
    places: HashMap<Arc<str>, Place>,
    /// How many were claimed.
    claimed: usize,
    /// How many of them since the end of a queue was last in sight.
    endless: usize,
    /// When a claim last began at the head of all queues, if the next ones had better not.
    long: Option<Instant>,
}

impl Entries {
    /// Where a claim of these methods enters (all of them at the head if it must), and whether any of that is behind the head.
    pub(super) fn enter<'a>(
        &self,
        methods: impl Iterator<Item = &'a Arc<str>>,
        from_head: bool,
    ) -> (Vec<Place>, bool) {
        let state = self.state();
        let is_behind = !from_head && state.long.is_some_and(|head| head.elapsed() < HEAD);
        let place = |method| if is_behind { state.places.get(method).copied() } else { None };
        let places: Vec<Place> = methods.map(|method| place(method).unwrap_or(FIRST)).collect();
        let is_behind = places.iter().any(|place| *place != FIRST);
        (places, is_behind)
    }

    /// Notes the last of a method that a claim has got, of how many, and whether there may be more.
    pub(super) fn note(&self, method: &Arc<str>, last: Option<&View>, count: usize, may_be_more: bool) {
        let mut state = self.state();
        state.claimed = state.claimed.saturating_add(count);
        state.endless = if may_be_more { state.endless.saturating_add(count) } else { 0 };
        if let Some(last) = last {
            state.places.insert(Arc::clone(method), place(last));
        }
    }

    /// Notes how long a claim took that began at the head of all queues.
    pub(super) fn note_head(&self, took: Duration) {
        let mut state = self.state();
        let is_long = (took >= LONG && state.claimed >= MANY) || state.endless >= MANY;
        state.long = is_long.then(Instant::now);
    }

    /// Nothing panics while this lock is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(view: &View) -> Place {
    (-i32::from(view.priority()), view.create_time().as_micros())
}

#[cfg(test)]
mod tests {
    use lro_store::{NewOperation, OperationName, Payload, Timestamp};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn queues_are_entered_behind_their_heads_while_those_take_long_and_not_always() {
        let entries = Entries::default();
        let [work, other]: [Arc<str>; 2] = ["/test.Service/Work".into(), "/test.Service/Other".into()];
        let enter = || entries.enter([&work, &other].into_iter(), false);
        let name = OperationName::parse("operations/a").unwrap();
        let new = NewOperation::new(name, Arc::clone(&work), Payload::new("", "")).with_priority(7);
        let view = new.into_record(Timestamp::from_micros(5), false).view;
        let (heads, behind) = ((vec![FIRST; 2], false), (vec![(-7, 5), FIRST], true));
        assert_eq!(enter(), heads);
        entries.note(&work, Some(&view), MANY - 1, true);
        entries.note_head(LONG);
        assert_eq!(enter(), heads, "nothing much was claimed");
        entries.note(&work, Some(&view), 1, true);
        entries.note_head(LONG / 2);
        assert_eq!(enter(), behind, "there is no end in sight");
        entries.note(&work, Some(&view), 1, false);
        entries.note_head(LONG / 2);
        assert_eq!(enter(), heads, "that does not take long");
        entries.note_head(LONG);
        assert_eq!(enter(), behind);
        tokio::time::advance(HEAD).await;
        assert_eq!(enter(), heads, "others may have come before it");
        entries.note_head(LONG);
        assert_eq!(enter(), behind);
        entries.note(&work, None, 0, false);
        assert_eq!(enter(), behind, "what comes is behind it");
        assert_eq!(entries.enter([&work, &other].into_iter(), true), heads);
    }
}
