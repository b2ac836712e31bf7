//! The queue between callers and a thread that works for them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A bounded queue for threads. Adding never waits.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    /// Wakes threads that wait for something to do.
    wake: Condvar,
    bound: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    /// How many threads wait.
    idle: usize,
    closed: bool,
}

/// Why something is not in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

/// What a thread gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken<T> {
    Items(Vec<T>),
    /// Nothing came for as long as the thread wanted to wait.
    Nothing,
    /// Nothing will come any more.
    Closed,
}

impl<T> Queue<T> {
    pub(crate) fn new(bound: usize) -> Self {
        let state = State { items: VecDeque::new(), idle: 0, closed: false };
        Self { state: Mutex::new(state), wake: Condvar::new(), bound }
    }

    /// Adds an item, unless the queue is full.
    pub(crate) fn push(&self, item: T) -> Result<(), Refused> {
        self.push_within(item, self.bound)
    }

    /// Adds an item for which there is some room also in a full queue.
    pub(crate) fn push_urgent(&self, item: T) -> Result<(), Refused> {
        self.push_within(item, self.bound.saturating_mul(2))
    }

    fn push_within(&self, item: T, bound: usize) -> Result<(), Refused> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed);
        }
        if state.items.len() >= bound {
            return Err(Refused::Full);
        }
        state.items.push_back(item);
        let wakes = state.idle > 0;
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Takes at most `limit` items, and waits at most `patience` for the first one. What is in a closed queue is
    /// still handed out.
    pub(crate) fn take(&self, limit: usize, patience: Duration) -> Taken<T> {
        let deadline = Instant::now() + patience;
        let mut state = self.lock();
        while state.items.is_empty() {
            if state.closed {
                return Taken::Closed;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Taken::Nothing;
            }
            state.idle += 1;
            state = self.wake.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            state.idle -= 1;
        }
        let count = state.items.len().min(limit);
        Taken::Items(state.items.drain(..count).collect())
    }

    /// Lets nothing more in.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_all();
    }

    /// Nothing panics while the lock is held, so a poisoned one still guards sound data.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_TIME: Duration = Duration::ZERO;

    #[test]
    fn what_is_added_comes_in_order_and_a_few_at_a_time() {
        let queue = Queue::new(3);
        assert_eq!(queue.take(2, NO_TIME), Taken::Nothing);
        for number in 1..=3 {
            queue.push(number).unwrap();
        }
        assert_eq!(queue.push(4), Err(Refused::Full));
        queue.push_urgent(5).unwrap();
        assert_eq!(queue.take(2, NO_TIME), Taken::Items(vec![1, 2]));
        queue.close();
        assert_eq!(queue.push_urgent(6), Err(Refused::Closed));
        assert_eq!(queue.take(9, NO_TIME), Taken::Items(vec![3, 5]));
        assert_eq!(queue.take(9, Duration::from_secs(60)), Taken::Closed);
    }

    #[test]
    fn urgent_items_have_a_bound_too() {
        let queue = Queue::new(1);
        queue.push_urgent(1).unwrap();
        queue.push_urgent(2).unwrap();
        assert_eq!(queue.push_urgent(3), Err(Refused::Full));
    }

    #[test]
    fn a_thread_that_waits_is_woken() {
        let queue = Queue::new(1);
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| queue.take(1, Duration::from_secs(60)));
            queue.push(7).unwrap();
            assert_eq!(taken.join().unwrap(), Taken::Items(vec![7]));
        });
    }
}
