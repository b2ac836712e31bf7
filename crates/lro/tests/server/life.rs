//! Chapter "Life": crashes, lost leases, retention.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lro::Start;
use lro::google::longrunning::ListOperationsRequest;
use lro::store::{
    Beginning, ListQuery, MAX_BATCH, NewOperation, OperationName, Outcome, ParentPattern, Payload, StateKind,
    Store as _, WorkerId,
};
use lro_store_conformance::{FailureMode, Fault, FaultyStore, StoreMethod};
use tokio::time::{Instant, sleep};
use tonic::Code;

use crate::scripted_service::{Event, Job};
use crate::support::{LEASE, Server, error, memory_store, metadata, reason, response};

/// A server whose connection is about to be cut, which to all others looks like a crash, and one that takes
/// over.
fn dying_and_heir() -> (Server, Server) {
    let store = memory_store();
    let dying = Server::with(store.clone(), |builder| builder);
    let heir = Server::with(store, |builder| builder);
    (dying, heir)
}

#[tokio::test(start_paused = true)]
async fn work_of_a_dead_process_is_taken_over_with_attempt_and_checkpoint() {
    let (mut dying, mut heir) = dying_and_heir();
    let name = dying.begin("report and wait").await;
    while metadata(&heir.get(&name).await.unwrap()) != Some(50) {
        tokio::task::yield_now().await;
    }
    dying.store.cut();
    let died = Instant::now();
    heir.expect_began(&name, 2, Some(50)).await;
    assert!(died.elapsed() <= LEASE + Duration::from_secs(2), "{:?}", died.elapsed());
    heir.service.gate.add_permits(1);
    assert_eq!(response(&heir.end(&name).await).text, "done");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_was_taken_for_dead_learns_it_and_stops_and_its_outcome_does_not_count() {
    let (mut dying, mut heir) = dying_and_heir();
    let name = dying.begin("wait").await;
    dying.store.cut();
    heir.expect_began(&name, 2, None).await;
    assert!(dying.has_no_event(), "as long as the store is away, nobody has said that the work is lost");
    dying.store.mend();
    let mended = Instant::now();
    assert_eq!(dying.event().await, Event::Gone(name.clone()));
    assert!(mended.elapsed() <= LEASE / 4, "{:?}", mended.elapsed());
    dying.service.gate.add_permits(1);
    tokio::time::sleep(LEASE * 3).await;
    assert!(!heir.get(&name).await.unwrap().done);
    assert!(heir.has_no_event(), "and the heir is not disturbed");
    heir.service.gate.add_permits(1);
    assert!(heir.end(&name).await.done);
}

/// Whichever of the tasks of a process asks first.
#[tokio::test(start_paused = true)]
async fn a_worker_that_was_taken_for_dead_learns_it_with_its_next_sign_of_life() {
    let (mut dying, mut heir) = dying_and_heir();
    let name = dying.begin("wait").await;
    dying.store.cut();
    heir.expect_began(&name, 2, None).await;
    dying.store.mend();
    dying.store.inject(StoreMethod::Held, Fault::before(FailureMode::Unavailable));
    let gone = tokio::time::timeout(LEASE / 4, dying.event()).await;
    assert_eq!(gone.expect("it is told"), Event::Gone(name));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_was_declared_gone_goes_on_with_what_nobody_took_and_takes_new_work() {
    let store = memory_store();
    let mut server = Server::with(store.clone(), |builder| builder);
    let name = server.begin("wait").await;
    server.store.cut();
    let elder = WorkerId::new("elder");
    for _ in 0..8 {
        assert!(store.keep_alive(&elder, LEASE / 2).await.unwrap().alive);
        sleep(LEASE / 4).await;
    }
    assert_eq!(
        store.reclaim(&elder, 0).await.unwrap().count,
        0,
        "it declares the other one gone, and nothing more"
    );
    server.store.mend();
    sleep(LEASE).await;
    assert!(server.has_no_event(), "nobody has taken the work over");
    server.service.gate.add_permits(1);
    let done = tokio::time::timeout(LEASE, server.end(&name)).await;
    assert_eq!(response(&done.expect("it ends")).text, "done");
    assert_eq!(server.event().await, Event::Gone(name));
    tokio::time::timeout(LEASE, server.begin("succeed")).await.expect("it has a new lease");
}

#[tokio::test(start_paused = true)]
async fn much_work_of_a_dead_process_is_taken_back_at_one_time() {
    let store = memory_store();
    let dying = Server::with(store.clone(), |builder| builder.concurrency(5_000));
    let heir = Server::with(store, |builder| builder.concurrency(0));
    sleep(LEASE * 2).await;
    for _ in 0..=MAX_BATCH * 2 {
        dying.start("wait").await;
    }
    dying.store.cut();
    while count_of(&heir, StateKind::Queued).await == 0 {
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(count_of(&heir, StateKind::Queued).await, MAX_BATCH * 2 + 1);
}

/// How many operations stand so.
async fn count_of(server: &Server, kind: StateKind) -> usize {
    let mut query = ListQuery::new(ParentPattern::all(), MAX_BATCH);
    let mut count = 0;
    loop {
        let page = server.store.inner().list(&query).await.unwrap();
        count += page.views.iter().filter(|view| view.kind() == kind).count();
        query.after = page.next;
        if query.after.is_none() {
            return count;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_that_opts_out_of_a_second_run_ends_as_aborted() {
    let (mut dying, mut heir) = dying_and_heir();
    let name = dying.start_with("wait", Start::new().at_most_once()).await.unwrap().name;
    dying.expect_began(&name, 1, None).await;
    dying.store.cut();
    assert_eq!(error(&heir.end(&name).await).code, i32::from(Code::Aborted));
    assert!(heir.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn leases_are_kept_for_as_long_as_the_work_takes() {
    let (mut worker, mut other) = dying_and_heir();
    let name = worker.begin("wait").await;
    tokio::time::sleep(LEASE * 20).await;
    assert!(other.has_no_event() && worker.has_no_event());
    worker.service.gate.add_permits(1);
    assert!(other.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_outlives_a_store_that_is_away_for_a_while() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    server.store.cut();
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    tokio::time::sleep(LEASE / 2).await;
    server.store.mend();
    assert_eq!(response(&server.end(&name).await).text, "done");
    tokio::time::sleep(LEASE * 3).await;
    assert!(server.has_no_event(), "and the work is not done twice");
}

#[tokio::test(start_paused = true)]
async fn an_outcome_whose_confirmation_is_lost_is_committed_once() {
    let mut server = Server::new();
    let name = server.begin("wait").await;
    server.store.lose_answers();
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.store.mend();
    let done = server.end(&name).await;
    tokio::time::sleep(LEASE * 3).await;
    assert_eq!(server.get(&name).await.unwrap(), done);
    assert!(server.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_confirmation_is_lost_leaves_work_that_is_done_all_the_same() {
    let mut server = Server::new();
    server.store.lose_answers();
    assert_eq!(server.start_with("succeed", Start::new()).await.unwrap_err().code(), Code::Unavailable);
    server.store.mend();
    let Event::Began { name, attempt, .. } = server.event().await else { panic!("it never began") };
    assert_eq!(attempt, 1, "what was handed to this process without its knowledge has not begun");
    assert!(server.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn the_last_progress_outlives_a_store_that_is_away_for_a_while() {
    let mut server = Server::new();
    let name = server.begin("wait and report").await;
    server.store.cut();
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, Event::Gone(name.clone()), "a report does not wait for the store");
    tokio::time::sleep(LEASE / 2).await;
    server.store.mend();
    let done = server.end(&name).await;
    assert_eq!((metadata(&done), response(&done).text.as_str()), (Some(90), "done"));
}

#[tokio::test(start_paused = true)]
async fn queued_work_begins_as_soon_as_there_is_a_place_the_oldest_first() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(2));
    let mut names = Vec::new();
    for _ in 0..6 {
        names.push(server.start("wait").await);
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    let began = Instant::now();
    server.service.gate.add_permits(6);
    let mut order = Vec::new();
    while order.len() < 6 {
        if let Event::Began { name, .. } = server.event().await {
            order.push(name);
        }
    }
    assert_eq!(order, names);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_process_without_places_accepts_work_for_others() {
    let store = memory_store();
    let front = Server::with(store.clone(), |builder| builder.concurrency(0));
    let mut back = Server::with(store, |builder| builder);
    let began = Instant::now();
    let name = front.start("succeed").await;
    back.expect_began(&name, 1, None).await;
    assert!(front.end(&name).await.done);
    assert!(began.elapsed() < Duration::from_millis(10), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn done_operations_expire_after_thirty_days_and_others_never() {
    let server = Server::with(memory_store(), |builder| builder.concurrency(0));
    let queued = server.start("wait").await;
    let done = server.start("wait").await;
    server.cancel(&done).await.unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    for (days, expected) in [(29, 2), (1, 1), (300, 1)] {
        tokio::time::advance(day * days).await;
        // The task that removes them looks once a minute.
        tokio::time::sleep(Duration::from_secs(61)).await;
        let left = server.list(ListOperationsRequest::default()).await.unwrap().operations;
        assert_eq!(left.len(), expected);
        assert!(left.iter().any(|operation| operation.name == queued));
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_expired_is_read_by_nobody_before_it_is_removed_and_its_request_id_is_free() {
    let (nearly, moment) = (Duration::from_secs(100), Duration::from_millis(10));
    let mut server = Server::with(memory_store(), |builder| builder.retention(nearly + moment));
    let job = || Job::identified("succeed", "5f1a");
    let name = server.call(job(), || Ok(Start::new())).await.unwrap().name;
    server.expect_began(&name, 1, None).await;
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    // Nothing is ever removed.
    server.store.inject(StoreMethod::Purge, Fault::before(FailureMode::Unavailable));
    tokio::time::sleep(nearly).await;
    assert!(server.get(&name).await.unwrap().done);
    assert_eq!(
        (server.count().await, server.call(job(), || Ok(Start::new())).await.unwrap().name),
        (1, name.clone())
    );
    tokio::time::sleep(moment * 2).await;
    for status in [
        server.get(&name).await.unwrap_err(),
        server.wait(&name, None).await.unwrap_err(),
        server.cancel(&name).await.unwrap_err(),
        server.delete(&name).await.unwrap_err(),
        server.watch(&name).unwrap().next().await.unwrap().unwrap_err(),
    ] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "OPERATION_NOT_FOUND"));
    }
    assert_eq!(server.count().await, 0);
    let again = server.call(job(), || Ok(Start::new())).await.unwrap().name;
    assert_ne!(again, name);
    server.expect_began(&again, 1, None).await;
}

#[tokio::test(start_paused = true)]
async fn a_long_purge_leaves_as_much_time_to_others_as_it_takes() {
    let (store, took) = (FaultyStore::new(memory_store()), Duration::from_secs(1));
    let expired = |number: usize| {
        let name = OperationName::parse(&format!("operations/{number}")).unwrap();
        let payload = || Payload::new("test", Vec::new());
        let done = Beginning::Done(Outcome::Response(payload()));
        NewOperation::new(name, "/method", payload()).with_retention(Duration::ZERO).with_beginning(done)
    };
    for batch in 0..3 {
        let numbers = batch * MAX_BATCH..(batch + 1) * MAX_BATCH;
        store.inner().create(numbers.map(expired).collect()).await.unwrap();
    }
    let begins = Arc::<Mutex<Vec<Instant>>>::default();
    let seen = Arc::clone(&begins);
    store.decide(move |call| {
        if call.method != StoreMethod::Purge {
            return Fault::none();
        }
        seen.lock().unwrap().push(Instant::now());
        Fault::none().delay(took)
    });
    let _server = Server::over(store, |builder| builder);
    sleep(took * 20).await;
    let begins = begins.lock().unwrap();
    assert_eq!(begins.len(), 4, "until a batch is not full");
    for pair in begins.windows(2) {
        assert!(pair[1] - pair[0] >= took.mul_f64(1.7), "{:?}", pair[1] - pair[0]);
    }
}
