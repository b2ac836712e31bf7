//! Batches of concurrent calls.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::{Error, MAX_BATCH};

/// Merges concurrent calls of one kind, for stores that pay by the call and not by the item.
///
/// While a batch is on its way, what arrives waits, and is the next batch. So nothing is held back: a single
/// caller waits for nothing, and the busier the store, the larger the batches. No batch has two items of one
/// key, and none more than [`MAX_BATCH`]. Where several may be on their way, another one goes when it is of some
/// size, as a few small ones cost more than one that waits; or when those on their way take long, which may be for a
/// reason that does not concern it.
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

/// Of so many items a batch goes although another one is on its way.
const ENOUGH: usize = 64;

/// After this time, a batch on its way keeps no other one waiting.
const PATIENCE: Duration = Duration::from_millis(20);

struct Queue<T, A> {
    waiting: VecDeque<Waiting<T, A>>,
    /// How many more batches may be on their way.
    free: usize,
    /// How many are, and have not taken long yet.
    quick: usize,
}

impl<T, A> Queue<T, A> {
    /// Whether another batch is to go now. If so, it counts as on its way.
    fn goes(&mut self) -> bool {
        let is_due = self.quick == 0 || self.waiting.len() >= ENOUGH;
        let goes = !self.waiting.is_empty() && self.free > 0 && is_due;
        self.free -= usize::from(goes);
        self.quick += usize::from(goes);
        goes
    }

    /// Notes that there is a batch less on its way.
    fn leaves(&mut self, is_quick: bool) {
        self.free += 1;
        self.quick -= usize::from(is_quick);
    }
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
        let queue = Queue { waiting: VecDeque::new(), free: batches.max(1), quick: 0 };
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
    /// Outside of a Tokio runtime with a timer.
    pub async fn call(&self, items: Vec<T>) -> Result<Vec<A>, Error> {
        let mut answers = Vec::with_capacity(items.len());
        let goes = {
            let mut queue = self.0.lock();
            for item in items {
                let (answer, receiver) = oneshot::channel();
                queue.waiting.push_back(Waiting { item, answer });
                answers.push(receiver);
            }
            queue.goes()
        };
        if goes {
            Driver::spawn(Arc::clone(&self.0));
        }
        let mut answered = Vec::with_capacity(answers.len());
        for answer in answers {
            // The one who was to answer is gone: the runtime that it was on has ended.
            answered.push(answer.await.map_err(Error::unavailable)??);
        }
        Ok(answered)
    }
}

/// Runs batches until nothing waits.
async fn drive<T, K, A>(mut driver: Driver<T, K, A>)
where
    T: Send + 'static,
    K: Eq + Hash + 'static,
    A: Send + 'static,
{
    while let Some((items, answers)) = driver.next_batch().await {
        // In a task of its own, so that a panic ends this batch and not those that wait.
        let mut batch = tokio::spawn((driver.shared.run)(items));
        let result = match timeout(PATIENCE, &mut batch).await {
            Ok(result) => result,
            Err(_elapsed) => {
                driver.let_another_go();
                batch.await
            }
        };
        let count = answers.len();
        let result = match result {
            Ok(Ok(results)) if results.len() == count => Ok(results),
            Ok(Ok(_)) => {
                Err(Error::internal(format!("a batch of {count} calls has another number of answers")))
            }
            Ok(Err(error)) => Err(error),
            Err(end) if end.is_panic() => Err(Error::internal("a batch of calls ended in a panic")),
            Err(end) => Err(Error::unavailable(end)),
        };
        // A caller that is gone does not want the answer.
        match result {
            Ok(results) => answers.into_iter().zip(results).for_each(|(answer, result)| {
                let _ = answer.send(Ok(result));
            }),
            Err(error) => answers.into_iter().for_each(|answer| {
                let _ = answer.send(Err(error.clone()));
            }),
        }
    }
}

/// Who runs batches, one after the other. It may be dropped before its end, with the runtime.
struct Driver<T, K, A> {
    shared: Arc<Shared<T, K, A>>,
    /// Whether its batch counts as quick.
    is_quick: bool,
    /// Whether it has left the queue.
    is_over: bool,
}

impl<T, K, A> Driver<T, K, A>
where
    T: Send + 'static,
    K: Eq + Hash + 'static,
    A: Send + 'static,
{
    /// Begins to run batches, one of which [goes](Queue::goes).
    fn spawn(shared: Arc<Shared<T, K, A>>) {
        tokio::spawn(drive(Self { shared, is_quick: true, is_over: false }));
    }

    /// Lets another batch go beside the one on its way, which takes long.
    fn let_another_go(&mut self) {
        let mut queue = self.shared.lock();
        self.is_quick = false;
        queue.quick -= 1;
        if queue.goes() {
            Self::spawn(Arc::clone(&self.shared));
        }
    }

    /// The next batch, after all that is ready to call has called: who was just answered often calls again at once.
    async fn next_batch(&mut self) -> Option<(Vec<T>, Answers<A>)> {
        let mut count = self.shared.lock().waiting.len();
        let mut passes_in_vain = 0;
        while count < ENOUGH && passes_in_vain < 2 {
            yield_now().await;
            let before = std::mem::replace(&mut count, self.shared.lock().waiting.len());
            passes_in_vain = if count > before { 0 } else { passes_in_vain + 1 };
        }
        let mut queue = self.shared.lock();
        let batch = queue.take_batch(&self.shared.key);
        queue.quick += usize::from(!std::mem::replace(&mut self.is_quick, true));
        if batch.is_none() {
            // With the lock that has shown that nothing waits.
            queue.leaves(true);
            self.is_over = true;
        }
        batch
    }
}

impl<T, K, A> Drop for Driver<T, K, A> {
    fn drop(&mut self) {
        if !self.is_over {
            self.shared.lock().leaves(self.is_quick);
        }
    }
}

type Answers<A> = Vec<oneshot::Sender<Result<A, Error>>>;

impl<T, A> Queue<T, A> {
    /// What waits, up to a batch; `None` if nothing does.
    fn take_batch<K: Eq + Hash>(&mut self, key: impl Fn(&T) -> K) -> Option<(Vec<T>, Answers<A>)> {
        if self.waiting.is_empty() {
            return None;
        }
        let (mut items, mut answers, mut later) = (Vec::new(), Vec::new(), VecDeque::new());
        let mut keys = HashSet::new();
        while items.len() < MAX_BATCH
            && let Some(waiting) = self.waiting.pop_front()
        {
            if keys.insert(key(&waiting.item)) {
                items.push(waiting.item);
                answers.push(waiting.answer);
            } else {
                later.push_back(waiting);
            }
        }
        later.append(&mut self.waiting);
        self.waiting = later;
        Some((items, answers))
    }
}

impl<T, K, A> Shared<T, K, A> {
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
        assert_eq!(seen.lock().unwrap().concat(), [1, 2]);
    }

    /// Begins a call, and goes on when nothing more happens.
    async fn begin(merge: &Arc<Merge<u32, u32, u32>>, items: impl IntoIterator<Item = u32>) {
        let (merge, items) = (Arc::clone(merge), items.into_iter().collect());
        tokio::spawn(async move { merge.call(items).await });
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
    }

    fn sizes(seen: &Batches) -> Vec<usize> {
        seen.lock().unwrap().iter().map(Vec::len).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn several_batches_may_be_on_their_way_if_they_are_of_some_size() {
        let (merge, seen, gate) = echo(3);
        let merge = Arc::new(merge);
        let enough = u32::try_from(ENOUGH).unwrap();
        begin(&merge, [0]).await;
        begin(&merge, 1..enough).await;
        assert_eq!(sizes(&seen), [1], "what is small waits");
        begin(&merge, [enough]).await;
        begin(&merge, 0..enough).await;
        assert_eq!(sizes(&seen), [1, ENOUGH, ENOUGH]);
        begin(&merge, 0..enough).await;
        assert_eq!(sizes(&seen).len(), 3, "no more than these are on their way");
        gate.add_permits(9);
        begin(&merge, []).await;
        assert_eq!(sizes(&seen), [1, ENOUGH, ENOUGH, ENOUGH]);
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_were_answered_and_call_again_at_once_are_one_batch() {
        const CALLERS: u32 = 9;
        let (merge, seen, gate) = echo(1);
        let merge = Arc::new(merge);
        gate.add_permits(99);
        let callers = (0..CALLERS).map(|caller| {
            let merge = Arc::clone(&merge);
            tokio::spawn(async move {
                for _ in 0..3 {
                    // As who has something else to do before it calls again.
                    if caller % 2 == 1 {
                        yield_now().await;
                    }
                    merge.call(vec![caller]).await.unwrap();
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
        assert_eq!(sizes(&seen), [CALLERS as usize; 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_takes_long_keeps_no_other_one_waiting() {
        let (merge, seen, gate) = echo(2);
        let merge = Arc::new(merge);
        begin(&merge, [1]).await;
        begin(&merge, [2]).await;
        assert_eq!(sizes(&seen), [1]);
        tokio::time::sleep(PATIENCE * 2).await;
        assert_eq!(sizes(&seen), [1, 1], "what waits goes");
        begin(&merge, [3]).await;
        tokio::time::sleep(PATIENCE * 2).await;
        assert_eq!(sizes(&seen), [1, 1], "no more than these are on their way");
        gate.add_permits(9);
        for number in 4..6 {
            assert_eq!(merge.call(vec![number]).await.unwrap(), [number]);
        }
        begin(&merge, []).await;
        let queue = merge.0.lock();
        assert_eq!((queue.free, queue.quick), (2, 0));
    }

    #[test]
    fn a_runtime_that_ends_takes_its_batches_along_and_no_others() {
        let (merge, _, gate) = echo(1);
        let merge = Arc::new(merge);
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut call = std::pin::pin!(merge.call(vec![1]));
        runtime().block_on(async {
            tokio::select! {
                biased;
                _ = &mut call => panic!("there is no permit"),
                () = begin(&merge, []) => {}
            }
        });
        let error = runtime().block_on(call).unwrap_err();
        assert!(error.is_unavailable(), "{error:?}");
        gate.add_permits(9);
        assert_eq!(runtime().block_on(merge.call(vec![2])).unwrap(), [2]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_of_a_batch_that_takes_long_leaves_room_for_others() {
        let (merge, _, gate) = echo(1);
        let merge = Arc::new(merge);
        begin(&merge, [66]).await;
        tokio::time::sleep(PATIENCE * 2).await;
        gate.add_permits(9);
        assert_eq!(merge.call(vec![1]).await.unwrap(), [1]);
    }
}
