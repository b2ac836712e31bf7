//! Where claims enter the queues.
//!
//! What was claimed leaves dead entries at the head of the index of a queue. Vacuum removes them, unless some long
//! transaction might still see the rows. Then each claim would walk over all that was ever claimed since, which takes the
//! longer the more that is. So while a queue is long, claims enter it where the last one has stopped, and begin at its head
//! a few times a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lro_store::View;
use tokio::time::Instant;

/// How many have to be claimed without an end in sight before a queue counts as long.
const LONG: usize = 2_000;

/// How often claims begin at the head of a long queue all the same: what comes later and goes first is found by then.
const HEAD: Duration = Duration::from_millis(200);

/// A place in a queue: the negative priority and the creation time.
type Place = (i32, i64);

/// Before all others.
const FIRST: Place = (i32::MIN, i64::MIN);

/// Where claims enter the queue of each method.
#[derive(Debug, Default)]
pub(crate) struct Entries(Mutex<HashMap<Arc<str>, Entry>>);

#[derive(Debug)]
struct Entry {
    place: Place,
    /// How many were claimed since the end of the queue was last in sight.
    claimed: usize,
    /// When a claim last began at the head.
    head: Instant,
}

impl Entries {
    /// Where a claim of this method enters, and whether that is behind the head.
    pub(super) fn enter(&self, method: &Arc<str>) -> (Place, bool) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match entries.get_mut(method) {
            Some(entry) if entry.claimed >= LONG && entry.head.elapsed() < HEAD => (entry.place, true),
            Some(entry) => {
                entry.head = Instant::now();
                (FIRST, false)
            }
            None => (FIRST, false),
        }
    }

    /// Notes how many of a method a claim has got, the last of them, and whether there may be more.
    pub(super) fn note(&self, method: &Arc<str>, count: usize, last: Option<&View>, may_be_more: bool) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Entry { place: FIRST, claimed: 0, head: Instant::now() };
        let entry = entries.entry(Arc::clone(method)).or_insert_with(new);
        entry.place = last.map_or(FIRST, place);
        entry.claimed = if may_be_more { entry.claimed + count } else { 0 };
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
    async fn only_a_long_queue_is_entered_behind_its_head_and_not_always() {
        let (entries, method): (_, Arc<str>) = (Entries::default(), "/test.Service/Work".into());
        let name = OperationName::parse("operations/a").unwrap();
        let new = NewOperation::new(name, Arc::clone(&method), Payload::new("", "")).with_priority(7);
        let view = new.into_record(Timestamp::from_micros(5), false).view;
        assert_eq!(entries.enter(&method), (FIRST, false));
        entries.note(&method, LONG - 1, Some(&view), true);
        assert_eq!(entries.enter(&method), (FIRST, false), "it is not long yet");
        entries.note(&method, 1, Some(&view), true);
        assert_eq!(entries.enter(&method), ((-7, 5), true));
        tokio::time::advance(HEAD).await;
        assert_eq!(entries.enter(&method), (FIRST, false), "others may have come before it");
        assert_eq!(entries.enter(&method), ((-7, 5), true));
        entries.note(&method, 1, Some(&view), false);
        assert_eq!(entries.enter(&method), (FIRST, false), "its end was in sight");
    }
}
