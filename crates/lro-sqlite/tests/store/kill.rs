//! Processes that are killed: nothing that was acknowledged is lost, and another process takes over.

use std::time::Duration;

use lro_sqlite::SqliteStore;
use lro_store::{Beginning, Change, Claim, Fence, OperationName, Store, StoreExt, WorkerId, WriteResult};
use tokio::task::JoinSet;

use crate::process::{Process, role, say};
use crate::support::{METHOD, Place, SOON, expect, name, operation, payload, response, text};

/// Not a test of its own: what the children do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some((role, path)) = role() else { return };
    let store = SqliteStore::open(&path).await.unwrap();
    match role.split_once(' ') {
        Some(("writer", round)) => write_for_ever(&store, round).await,
        Some(("worker", id)) => work_for_ever(&store, id, LEASE).await,
        // Its lease is never over, however slow the machine is.
        Some(("sharer", id)) => work_for_ever(&store, id, SOON * 10).await,
        _ => panic!("{role} is no role"),
    }
}

/// Starts and ends operations, several at a time, and says what was acknowledged.
async fn write_for_ever(store: &SqliteStore, round: &str) {
    let worker = WorkerId::random();
    store.keep_alive(&worker, SOON).await.unwrap();
    let mut callers = JoinSet::new();
    for caller in 0..8 {
        let (store, worker, round) = (store.clone(), worker.clone(), round.to_owned());
        callers.spawn(async move {
            for number in 0.. {
                let id = format!("{round}-{caller}-{number}");
                let new = operation(&id).with_beginning(Beginning::ClaimedBy(worker.clone()));
                let view =
                    store.create_one(new.with_metadata(payload(700))).await.unwrap().created().unwrap();
                say(&format!("created {id}"));
                assert!(store.finish_one(view.fence().unwrap(), response()).await.unwrap().is_applied());
                say(&format!("done {id}"));
            }
        });
    }
    callers.join_all().await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    const ROUNDS: u64 = 8;
    let place = Place::new();
    let (mut created, mut done) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut process = Process::start("kill::child", &format!("writer {round}"), &place.path());
        // At another moment in each round.
        for _ in 0..(3 + round * round * 37) {
            let said = process.said().expect("it writes for ever");
            note(&said, &mut created, &mut done);
        }
        process.kill();
        while let Some(said) = process.said() {
            note(&said, &mut created, &mut done);
        }
        let store = place.open().await;
        for id in &created {
            let view = store.get_one(&name(id)).await.unwrap().unwrap_or_else(|| panic!("{id} is lost"));
            assert!(view.is_done() || !done.contains(id), "the end of {id} is lost");
        }
        assert_eq!(store.check_integrity().await.unwrap(), Vec::<String>::new());
    }
    assert!(created.len() > 1_000 && done.len() > 1_000, "{} {}", created.len(), done.len());
}

#[tokio::test]
async fn two_processes_that_write_all_the_time_both_get_on() {
    let place = Place::new();
    let mut processes =
        ["one", "two"].map(|round| Process::start("kill::child", &format!("writer {round}"), &place.path()));
    for _ in 0..500 {
        for process in &mut processes {
            process.said().expect("it writes for ever");
        }
    }
}

fn note(said: &str, created: &mut Vec<String>, done: &mut Vec<String>) {
    match said.split_once(' ') {
        Some(("created", id)) => created.push(id.to_owned()),
        Some(("done", id)) => done.push(id.to_owned()),
        _ => panic!("it says {said}"),
    }
}

/// So long after the last sign of life, others may take over.
const LEASE: Duration = Duration::from_millis(400);

/// Claims work, says so, and ends it unless it is called `stuck`; takes back what others have lost.
async fn work_for_ever(store: &SqliteStore, id: &str, lease: Duration) {
    let worker = WorkerId::new(id);
    let mut changes = store.changes();
    store.keep_alive(&worker, lease).await.unwrap();
    say("ready");
    let claim = Claim::new(worker.clone(), 10).method(METHOD, 10);
    loop {
        store.keep_alive(&worker, lease).await.unwrap();
        store.reclaim(&worker, 10).await.unwrap();
        for record in store.claim(&claim).await.unwrap() {
            let fence = record.view.fence().unwrap();
            say(&format!("claimed {} {}", record.name().id(), fence.attempt));
            if record.name().id() != "stuck" || fence.attempt.number() > 1 {
                assert!(store.finish_one(fence, response()).await.unwrap().is_applied());
            }
        }
        // A hint from the other process, or the time for a sign of life.
        let _ = tokio::time::timeout(LEASE / 4, changes.recv()).await;
    }
}

#[tokio::test]
async fn of_two_processes_one_takes_over_what_the_other_leaves_when_it_is_killed() {
    let place = Place::new();
    let store = place.open().await;
    let mut first = Process::start("kill::child", "worker first", &place.path());
    assert_eq!(first.said().unwrap(), "ready");
    store.create_one(operation("stuck")).await.unwrap();
    assert_eq!(first.said().unwrap(), "claimed stuck 1");
    let before = store.get_one(&name("stuck")).await.unwrap().unwrap().fence().unwrap();
    assert_eq!(before, Fence::of_worker(name("stuck"), WorkerId::new("first"), before.attempt));
    let mut second = Process::start("kill::child", "worker second", &place.path());
    assert_eq!(second.said().unwrap(), "ready");
    let mut changes = store.changes();
    first.kill();
    assert_eq!(second.said().unwrap(), "claimed stuck 2");
    let look = async {
        while !store.get_one(&name("stuck")).await.unwrap().unwrap().is_done() {
            expect(&mut changes, &Change::Resync).await;
        }
    };
    tokio::time::timeout(SOON, look).await.expect("the end is noticed");
    assert_eq!(
        store.finish_one(before, response()).await.unwrap(),
        WriteResult::Done,
        "the first is fenced off"
    );
}

#[tokio::test]
async fn two_processes_share_the_work_and_do_none_of_it_twice() {
    const COUNT: usize = 200;
    let place = Place::new();
    let store = place.open().await;
    let mut processes = ["one", "two"].map(|id| {
        let mut process = Process::start("kill::child", &format!("sharer {id}"), &place.path());
        assert_eq!(process.said().unwrap(), "ready");
        process
    });
    let mut changes = store.changes();
    for id in 0..COUNT {
        store.create_one(operation(&id.to_string())).await.unwrap_or_else(|error| panic!("{}", text(&error)));
    }
    let names: Vec<OperationName> = (0..COUNT).map(|id| name(&id.to_string())).collect();
    let all_done = async {
        loop {
            let views = store.get(names.clone()).await.unwrap();
            if views.iter().flatten().filter(|view| view.is_done()).count() == COUNT {
                return;
            }
            expect(&mut changes, &Change::Resync).await;
        }
    };
    tokio::time::timeout(SOON * 3, all_done).await.expect("all work is done");
    let mut claims = Vec::new();
    for process in &mut processes {
        process.kill();
        while let Some(said) = process.said() {
            claims.push(said);
        }
    }
    claims.sort_unstable();
    let count = claims.len();
    claims.dedup();
    assert_eq!((count, claims.len()), (COUNT, COUNT), "each was claimed once, in one attempt");
}
