//! A worker that leaves with much to hand back keeps nobody else from writing.

use std::sync::mpsc;
use std::time::Duration;

use lro_sqlite::{SqliteStore, rusqlite};
use lro_store::{
    Beginning, Creation, Error, InTransaction, MAX_BATCH, ManualClock, NewOperation, Store, Sweep, WorkerId,
};
use tokio::task::JoinHandle;

use crate::support::{Place, SOON, block, create, operation, start, worker};

/// Many times what is taken back in one transaction.
const COUNT: usize = 2_000;

const LEASE: Duration = Duration::from_secs(30);

/// Gives the worker all these operations.
async fn give_much(store: &SqliteStore) {
    store.keep_alive(&worker(), LEASE).await.unwrap();
    let claimed = |number: usize| -> NewOperation {
        operation(&number.to_string()).with_beginning(Beginning::ClaimedBy(worker()))
    };
    let all: Vec<_> = (0..COUNT).map(claimed).collect();
    for batch in all.chunks(MAX_BATCH) {
        store.create(batch.to_vec()).await.unwrap();
    }
    assert_eq!(held(store).await, COUNT);
}

async fn held(store: &SqliteStore) -> usize {
    store.held(&worker(), None, COUNT + 1).await.unwrap().len()
}

/// Tells how many operations the worker has as a transaction sees it.
fn look() -> (InTransaction, mpsc::Receiver<u32>) {
    let (tell, seen) = mpsc::channel();
    let look = lro_sqlite::in_transaction(move |transaction| -> rusqlite::Result<()> {
        let sql = "SELECT count(*) FROM lro_operation WHERE worker IS NOT NULL";
        tell.send(transaction.query_row(sql, [], |row| row.get(0))?).unwrap();
        Ok(())
    });
    (look, seen)
}

/// The worker has begun to leave and is held up in the middle of it.
struct Middle {
    leave: JoinHandle<Result<Sweep, Error>>,
    /// What is written before and in the middle.
    others: [JoinHandle<Result<Creation, Error>>; 2],
    /// Lets it go on.
    go_on: mpsc::SyncSender<()>,
}

/// Has the worker leave, together with calls that hold up the thread that writes: one until all is in its queue, and one in the
/// transaction in which the worker's end begins.
async fn leave_by_half(store: &SqliteStore) -> Middle {
    let (block_before, has_begun, begin) = block();
    let before = start(create(store, operation("before").with_transaction(block_before))).await;
    has_begun.recv_timeout(SOON).unwrap();
    let leave = {
        let store = store.clone();
        start(async move { store.leave(&worker()).await }).await
    };
    let (block_middle, is_in_the_middle, go_on) = block();
    let middle = start(create(store, operation("middle").with_transaction(block_middle))).await;
    begin.send(()).unwrap();
    is_in_the_middle.recv_timeout(SOON).unwrap();
    Middle { leave, others: [before, middle], go_on }
}

async fn are_created(calls: impl IntoIterator<Item = JoinHandle<Result<Creation, Error>>>) {
    for call in calls {
        call.await.unwrap().unwrap().created().expect("it is new");
    }
}

#[tokio::test]
async fn others_write_in_between() {
    let place = Place::new();
    let store = place.open().await;
    give_much(&store).await;
    let Middle { leave, others, go_on } = leave_by_half(&store).await;
    let (look, seen) = look();
    let late = start(create(&store, operation("late").with_transaction(look))).await;
    go_on.send(()).unwrap();
    are_created(others.into_iter().chain([late])).await;
    let left = usize::try_from(seen.recv_timeout(SOON).unwrap()).unwrap();
    assert!((COUNT / 2..COUNT).contains(&left), "{left} of {COUNT} were still to be taken back");
    leave.await.unwrap().unwrap();
    assert_eq!(held(&store).await, 0);
}

#[tokio::test]
async fn what_is_left_when_it_is_cut_off_is_taken_back_by_others() {
    let place = Place::new();
    let clock = ManualClock::default();
    let store = SqliteStore::builder(place.path()).clock(clock.clone()).open().await.unwrap();
    give_much(&store).await;
    let Middle { leave, others, go_on } = leave_by_half(&store).await;
    leave.abort();
    assert!(leave.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    are_created(others).await;
    let left = held(&store).await;
    assert!((COUNT / 2..COUNT).contains(&left), "{left} of {COUNT} are still to be taken back");
    assert!(!store.keep_alive(&worker(), LEASE).await.unwrap().alive, "it is gone all the same");
    let heir = WorkerId::new("heir");
    store.keep_alive(&heir, LEASE).await.unwrap();
    clock.advance(LEASE / 2);
    store.keep_alive(&heir, LEASE).await.unwrap();
    clock.advance(LEASE / 2);
    assert_eq!(store.reclaim(&heir, COUNT).await.unwrap().count, left);
}
