//! Work on many things at once, with the same outcome as one after the other.

use std::any::Any;
use std::cmp::Reverse;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What the main thread of a program has on most systems: syntax trees are walked recursively, and must not fit in one thread only.
const STACK: usize = 8 << 20;

/// An item's position and what came of it.
type Outcome<R> = (usize, Result<R, Box<dyn Any + Send>>);

/// How many threads the machine has room for.
pub(crate) fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Runs `work` on every item with up to `threads` threads, this one among them, and returns the results in the order of the items.
///
/// Items of much weight are begun first, so that none of them is left over for the end. A panic is passed on once all threads are done;
/// of several, that of the first item.
pub(crate) fn map<T: Sync, R: Send>(
    threads: NonZeroUsize,
    items: &[T],
    weight: impl Fn(&T) -> usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| Reverse(weight(&items[*index])));
    let next = AtomicUsize::new(0);
    let run = || {
        let mut outcomes: Vec<Outcome<R>> = Vec::new();
        while let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Nothing that a panic could leave half done is looked at afterwards.
            outcomes.push((index, catch_unwind(AssertUnwindSafe(|| work(&items[index])))));
        }
        outcomes
    };
    let mut outcomes = thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads.get().min(items.len()))
            // A system that gives no more threads makes this slower, not wrong.
            .map_while(|_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok())
            .collect();
        let mut outcomes = run();
        for helper in helpers {
            outcomes.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        outcomes
    });
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, result)| result.unwrap_or_else(|panic| resume_unwind(panic))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::panic_message;

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        for count in [1, 2, 7, 200] {
            let squares = map(threads(count), &items, |item| item % 10, |item| item * item);
            assert_eq!(squares, items.iter().map(|item| item * item).collect::<Vec<_>>());
        }
    }

    #[test]
    fn threads_work_at_the_same_time() {
        let barrier = std::sync::Barrier::new(3);
        map(threads(3), &[(); 3], |()| 0, |()| barrier.wait());
    }

    #[test]
    fn the_panic_of_the_first_item_is_passed_on() {
        let work = |item: &usize| assert!(item.is_multiple_of(2), "item {item} panicked");
        for count in [1, 4] {
            let panic = catch_unwind(|| map(threads(count), &[0, 1, 2, 3], |item| *item, work)).unwrap_err();
            assert_eq!(panic_message(panic.as_ref()), "item 1 panicked");
        }
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert_eq!(map(threads(2), &[], |()| 0, |()| 1), []);
    }
}
