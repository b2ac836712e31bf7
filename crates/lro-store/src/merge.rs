//! Batches of concurrent calls.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::{Error, MAX_BATCH};

/// Merges concurrent calls of one kind, for stores that pay by the call and not by the item.
///
/// While a batch is on its way, what arrives waits, and is the next batch. So there is no timer: a single
/// caller waits for nothing, and the busier the store, the larger the batches. No batch has two items of one
/// key, and none more than [`MAX_BATCH`].
///
/// A call that is dropped still takes effect. An error of a batch is the error of all calls that had a part in
/// it; a panic in it is [`Error::internal`].
///
/// ```
/// use lro_store::Merge;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), lro_store::Error> {
/// let double = Merge::new(1, |number: &u32| *number, |numbers: Vec<u32>| async move {
///     Ok(numbers.iter().map(|number| number * 2).collect())
/// });
/// let (one, two) = tokio::join!(double.call(vec![1]), double.call(vec![2, 3]));
/// assert_eq!((one?, two?), (vec![2], vec![4, 6]));
/// # Ok(())
/// # }
/// ```
pub struct Merge<T, K, A>(Arc<Shared<T, K, A>>);

type Batch<A> = Pin<Box<dyn Future<Output = Result<Vec<A>, Error>> + Send>>;

struct Shared<T, K, A> {
    key: Box<dyn Fn(&T) -> K + Send + Sync>,
    run: Box<dyn Fn(Vec<T>) -> Batch<A> + Send + Sync>,
    queue: Mutex<Queue<T, A>>,
}

struct Queue<T, A> {
    waiting: VecDeque<Waiting<T, A>>,
    /// How many more batches may be on their way.
    free: usize,
}

struct Waiting<T, A> {
    item: T,
    answer: oneshot::Sender<Result<A, Error>>,
}

impl<T, K, A> Merge<T, K, A>
where
    T: Send + 'static,
    K: Eq + Hash + 'static,
    A: Send + 'static,
{
    /// Merges calls of `run`, with at most `batches` of them (at least one) on their way at a time, such as one
    /// for each connection. `run` answers the items in their order; `key` says what no batch may have twice.
    pub fn new<F, Fut>(batches: usize, key: impl Fn(&T) -> K + Send + Sync + 'static, run: F) -> Self
    where
        F: Fn(Vec<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<A>, Error>> + Send + 'static,
    {
        let queue = Queue { waiting: VecDeque::new(), free: batches.max(1) };
        Self(Arc::new(Shared {
            key: Box::new(key),
            run: Box::new(move |items| Box::pin(run(items))),
            queue: Mutex::new(queue),
        }))
    }

    /// Calls with these items, together with whatever other calls wait; the answers to them in their order.
    ///
    /// # Errors
    /// That of a batch which had one of the items; the others may have taken effect.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn call(&self, items: Vec<T>) -> Result<Vec<A>, Error> {
        let mut answers = Vec::with_capacity(items.len());
        let starts = {
            let mut queue = self.0.lock();
            for item in items {
                let (answer, receiver) = oneshot::channel();
                queue.waiting.push_back(Waiting { item, answer });
                answers.push(receiver);
            }
            let starts = !queue.waiting.is_empty() && queue.free > 0;
            queue.free -= usize::from(starts);
            starts
        };
        if starts {
            tokio::spawn(drive(Arc::clone(&self.0)));
        }
        let mut answered = Vec::with_capacity(answers.len());
        for answer in answers {
            answered.push(answer.await.map_err(|_| Error::internal("a batch of calls ended in a panic"))??);
        }
        Ok(answered)
    }
}

/// Runs batches until nothing waits.
async fn drive<T, K, A>(shared: Arc<Shared<T, K, A>>)
where
    T: Send + 'static,
    K: Eq + Hash + 'static,
    A: Send + 'static,
{
    while let Some((items, answers)) = shared.next_batch() {
        // In a task of its own, so that a panic ends this batch and not those that wait.
        let Ok(result) = tokio::spawn((shared.run)(items)).await else { continue };
        let count = answers.len();
        match result {
            Ok(results) if results.len() == count => {
                for (answer, result) in answers.into_iter().zip(results) {
                    // A caller that is gone does not want the answer.
                    let _ = answer.send(Ok(result));
                }
            }
            other => {
                let error = other.err().unwrap_or_else(|| {
                    Error::internal(format!("a batch of {count} calls has another number of answers"))
                });
                for answer in answers {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }
}

type Answers<A> = Vec<oneshot::Sender<Result<A, Error>>>;

impl<T, K: Eq + Hash, A> Shared<T, K, A> {
    /// What waits, up to a batch; `None`, and a place for another driver, if nothing does.
    fn next_batch(&self) -> Option<(Vec<T>, Answers<A>)> {
        let mut queue = self.lock();
        if queue.waiting.is_empty() {
            queue.free += 1;
            return None;
        }
        let (mut items, mut answers, mut later) = (Vec::new(), Vec::new(), VecDeque::new());
        let mut keys = HashSet::new();
        while items.len() < MAX_BATCH
            && let Some(waiting) = queue.waiting.pop_front()
        {
            if keys.insert((self.key)(&waiting.item)) {
                items.push(waiting.item);
                answers.push(waiting.answer);
            } else {
                later.push_back(waiting);
            }
        }
        later.append(&mut queue.waiting);
        queue.waiting = later;
        Some((items, answers))
    }

    fn lock(&self) -> MutexGuard<'_, Queue<T, A>> {
        // Only the caller's `key` can panic while this lock is held, and then what it took is lost alone.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, K, A> fmt::Debug for Merge<T, K, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merge").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    type Batches = Arc<Mutex<Vec<Vec<u32>>>>;

    /// Answers each number with itself once there is a permit for its batch.
    fn echo(batches: usize) -> (Merge<u32, u32, u32>, Batches, Arc<Semaphore>) {
        let (seen, gate) = (Batches::default(), Arc::new(Semaphore::new(0)));
        let (log, permits) = (Arc::clone(&seen), Arc::clone(&gate));
        let merge = Merge::new(
            batches,
            |number: &u32| number % 100,
            move |numbers: Vec<u32>| {
                log.lock().unwrap().push(numbers.clone());
                let permits = Arc::clone(&permits);
                async move {
                    permits.acquire().await.unwrap().forget();
                    match numbers[0] {
                        66 => panic!("a bug"),
                        77 => Err(Error::unavailable("away")),
                        88 => Ok(Vec::new()),
                        _ => Ok(numbers),
                    }
                }
            },
        );
        (merge, seen, gate)
    }

    #[tokio::test]
    async fn what_arrives_while_a_batch_is_on_its_way_is_the_next_batch() {
        let (merge, seen, gate) = echo(1);
        let open = async {
            tokio::task::yield_now().await;
            gate.add_permits(9);
        };
        let (one, two, three, ()) =
            tokio::join!(merge.call(vec![1, 2]), merge.call(vec![3]), merge.call(vec![]), open);
        assert_eq!((one.unwrap(), two.unwrap(), three.unwrap()), (vec![1, 2], vec![3], vec![]));
        merge.call(vec![4]).await.unwrap();
        assert_eq!(*seen.lock().unwrap(), [vec![1, 2, 3], vec![4]]);
    }

    #[tokio::test]
    async fn no_batch_has_a_key_twice_and_order_is_kept() {
        let (merge, seen, gate) = echo(1);
        gate.add_permits(9);
        assert_eq!(merge.call(vec![1, 2, 101, 3, 201]).await.unwrap(), [1, 2, 101, 3, 201]);
        assert_eq!(*seen.lock().unwrap(), [vec![1, 2, 3], vec![101], vec![201]]);
    }

    #[tokio::test]
    async fn a_failure_is_that_of_its_batch_alone() {
        for bad in [66, 77, 88] {
            let (merge, _, gate) = echo(1);
            gate.add_permits(9);
            let error = merge.call(vec![bad, 1]).await.unwrap_err();
            assert_eq!(error.is_unavailable(), bad == 77, "{error:?}");
            assert_eq!(merge.call(vec![1]).await.unwrap(), [1]);
        }
    }

    #[tokio::test]
    async fn a_call_that_is_dropped_takes_effect_and_holds_nobody_up() {
        let (merge, seen, gate) = echo(1);
        tokio::select! {
            biased;
            _ = merge.call(vec![1]) => panic!("there is no permit"),
            () = tokio::task::yield_now() => {}
        }
        gate.add_permits(9);
        assert_eq!(merge.call(vec![2]).await.unwrap(), [2]);
        assert_eq!(*seen.lock().unwrap(), [[1], [2]]);
    }

    #[tokio::test]
    async fn several_batches_may_be_on_their_way() {
        let (merge, seen, gate) = echo(2);
        let calls = async {
            tokio::join!(merge.call(vec![1]), async {
                tokio::task::yield_now().await;
                tokio::join!(merge.call(vec![2]), merge.call(vec![3])).0
            })
        };
        let open = async {
            for _ in 0..9 {
                tokio::task::yield_now().await;
            }
            assert_eq!(seen.lock().unwrap().len(), 2);
            gate.add_permits(9);
        };
        let ((one, two), ()) = tokio::join!(calls, open);
        assert_eq!((one.unwrap(), two.unwrap()), (vec![1], vec![2]));
    }
}
