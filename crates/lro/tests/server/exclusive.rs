//! Chapter "Operation": parallel work on one resource, which waits in order or pre-empts. Denial is in `operation`.

use std::time::Duration;

use lro::google::longrunning::Operation;
use lro::{OnConflict, Retry, Start};
use lro_store_conformance::FaultyStore;
use tokio::time::Instant;
use tonic::Code;

use crate::scripted_service::{Event, Percent};
use crate::support::{LEASE, Server, error, memory_store, reason, response};

const SECOND: Duration = Duration::from_secs(1);

fn queued() -> Start<Percent> {
    Start::new().exclusive("shelves/1", OnConflict::Queue)
}

fn preempting() -> Start<Percent> {
    Start::new().exclusive("shelves/1", OnConflict::Preempt)
}

/// Two processes over one store.
fn two() -> [Server; 2] {
    let store = memory_store();
    [Server::with(store.clone(), |builder| builder), Server::with(store, |builder| builder)]
}

/// Starts work some time after whatever was started before, so that their order is clear.
async fn start_later(server: &Server, script: &str, start: Start<Percent>) -> String {
    tokio::time::sleep(Duration::from_millis(1)).await;
    server.start_as(script, start).await
}

/// Looks that this operation was pre-empted by that one.
fn assert_preempted(done: &Operation, by: &str) {
    assert_eq!(error(done).code, i32::from(Code::Aborted), "{done:?}");
    assert!(error(done).message.contains(by), "{}", error(done).message);
}

#[tokio::test(start_paused = true)]
async fn those_who_queue_run_one_by_one_in_order_wherever_they_were_started() {
    let servers = two();
    let mut names = Vec::new();
    for number in 0..20 {
        names.push(start_later(&servers[number % 2], "sleep 10", queued()).await);
    }
    let mut ended = Vec::new();
    while ended.len() < names.len() {
        let running: usize = servers.iter().map(|server| server.engine.stats().running).sum();
        assert!(running <= 1, "{running} at a time");
        for name in &names {
            if !ended.contains(name) && servers[0].get(name).await.unwrap().done {
                ended.push(name.clone());
            }
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(ended, names);
}

#[tokio::test(start_paused = true)]
async fn the_next_begins_at_once_when_the_holder_ends_though_no_hint_tells_of_it() {
    let store = FaultyStore::deaf(memory_store());
    let mut server = Server::over(store, |builder| builder.poll_interval(SECOND * 3_600));
    let first = server.start_as("wait", queued()).await;
    let mut names = vec![first.clone()];
    for script in ["fail", "wait", "panic 1", "wait", "succeed"] {
        names.push(start_later(&server, script, queued()).await);
    }
    server.expect_began(&first, 1, None).await;
    tokio::time::sleep(SECOND).await;
    let began = Instant::now();
    server.service.gate.add_permits(3);
    for name in &names[1..] {
        let Event::Gone(_) = server.event().await else { panic!("one after the other") };
        server.expect_began(name, 1, None).await;
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_next_begins_at_once_when_the_holder_ends_elsewhere() {
    let store = memory_store();
    let mut holder = Server::with(store.clone(), |builder| builder);
    let mut other = Server::with(store, |builder| builder.poll_interval(SECOND * 3_600));
    let first = holder.start_as("wait", queued()).await;
    holder.expect_began(&first, 1, None).await;
    let second = start_later(&other, "wait", queued()).await;
    let engine = holder.engine.clone();
    let drained = tokio::spawn(async move { engine.drain().await });
    tokio::time::sleep(SECOND).await;
    let ended = Instant::now();
    holder.service.gate.add_permits(1);
    other.expect_began(&second, 1, None).await;
    assert_eq!(ended.elapsed(), Duration::ZERO);
    drained.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_is_tried_again_keeps_its_key_while_it_waits() {
    let [mut server, other] = two();
    let retry = Retry::default().initial_delay(SECOND * 10).jitter(0.0);
    let first = server.start_as("ask for more 1", queued().retry(retry)).await;
    server.expect_began(&first, 1, None).await;
    let second = start_later(&other, "succeed", queued()).await;
    tokio::time::sleep(SECOND * 5).await;
    let denied = Start::new().exclusive("shelves/1", OnConflict::Abort);
    let status = server.start_with("succeed", denied).await.unwrap_err();
    assert!(status.message().contains(&first), "{}", status.message());
    assert_eq!(other.stored(&second).await.attempts(), 0);
    assert!(other.end(&second).await.done);
    assert_eq!(other.stored(&first).await.attempts(), 2);
    assert!(other.get(&first).await.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn a_holder_whose_process_dies_goes_on_before_those_who_queue() {
    let [mut dying, mut heir] = two();
    let first = dying.start_as("wait", queued()).await;
    dying.expect_began(&first, 1, None).await;
    let second = start_later(&heir, "succeed", queued()).await;
    dying.store.cut();
    heir.expect_began(&first, 2, None).await;
    assert_eq!(dying.event().await, Event::Gone(first.clone()), "it was stopped before");
    heir.service.gate.add_permits(1);
    assert_eq!(heir.event().await, Event::Gone(first));
    heir.expect_began(&second, 1, None).await;
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_is_cancelled_or_deleted_makes_way() {
    let mut server = Server::new();
    let first = server.start_as("stop when asked", queued()).await;
    server.expect_began(&first, 1, None).await;
    let second = start_later(&server, "wait", queued()).await;
    server.cancel(&first).await.unwrap();
    assert_eq!(server.event().await, Event::Gone(first));
    server.expect_began(&second, 1, None).await;
    let third = start_later(&server, "wait", queued()).await;
    server.delete(&second).await.unwrap();
    server.expect_began(&third, 1, None).await;
}

#[tokio::test(start_paused = true)]
async fn work_that_is_pre_empted_is_asked_to_stop_and_ends_naming_the_newcomer() {
    for script in ["stop when asked", "abort when asked", "await the stop, report 3", "wait"] {
        let [mut older, mut newer] = two();
        let first = older.start_as(script, queued()).await;
        older.expect_began(&first, 1, None).await;
        let second = start_later(&newer, "succeed", preempting()).await;
        let done = newer.end(&first).await;
        assert_preempted(&done, &second);
        assert_eq!(older.event().await, Event::Gone(first));
        newer.end(&second).await;
        let began = newer.next_event().or_else(|| older.next_event());
        assert_eq!(began, Some(Event::Began { name: second, attempt: 1, last_progress: None }), "{script}");
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_is_pre_empted_and_finishes_all_the_same_succeeds_and_the_newcomer_follows() {
    let mut server = Server::new();
    let first = server.start_as("await the stop, sleep 3000", queued()).await;
    server.expect_began(&first, 1, None).await;
    let second = start_later(&server, "succeed", preempting()).await;
    tokio::time::sleep(SECOND).await;
    assert!(!server.get(&second).await.unwrap().done);
    assert_eq!(response(&server.end(&first).await).text, "done");
    assert_eq!(server.event().await, Event::Gone(first));
    server.expect_began(&second, 1, None).await;
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_pre_empted_at_once() {
    let mut server = Server::new();
    let first = server.start_as("await the stop, sleep 3000", queued()).await;
    server.expect_began(&first, 1, None).await;
    let second = start_later(&server, "succeed", queued()).await;
    let third = start_later(&server, "succeed", preempting()).await;
    assert_preempted(&server.get(&second).await.unwrap(), &third);
    let fourth = start_later(&server, "succeed", preempting()).await;
    assert_preempted(&server.get(&third).await.unwrap(), &fourth);
    assert!(server.end(&fourth).await.done);
    assert_eq!(response(&server.get(&first).await.unwrap()).text, "done");
    assert_eq!(server.event().await, Event::Gone(first));
    server.expect_began(&fourth, 1, None).await;
}

#[tokio::test(start_paused = true)]
async fn work_that_waits_to_be_tried_again_is_pre_empted_at_once() {
    let mut server = Server::new();
    let first = server.start_as("ask for more 1", queued().retry(Retry::default())).await;
    server.expect_began(&first, 1, None).await;
    assert_eq!(server.event().await, Event::Gone(first.clone()));
    let second = start_later(&server, "succeed", preempting()).await;
    server.expect_began(&second, 1, None).await;
    assert_preempted(&server.get(&first).await.unwrap(), &second);
}

#[tokio::test(start_paused = true)]
async fn keys_do_not_hinder_each_other() {
    let mut server = Server::new();
    for key in 0..10 {
        let start = Start::new().exclusive(format!("shelves/{key}"), OnConflict::Queue);
        let name = server.start_as("wait", start).await;
        server.expect_began(&name, 1, None).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_who_has_to_wait_for_the_key_needs_a_place_in_the_queue_and_one_who_has_not_needs_none() {
    for start in [queued, preempting] {
        let mut server = Server::with(memory_store(), |builder| builder.queue_limit(1));
        let name = server.start_as("wait", start()).await;
        server.expect_began(&name, 1, None).await;
        server.start_as("wait", queued()).await;
        let status = server.start_with("wait", queued()).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "QUEUE_FULL"));
        let other_key = Start::new().exclusive("shelves/2", OnConflict::Queue);
        let name = server.start_as("wait", other_key).await;
        server.expect_began(&name, 1, None).await;
        assert_eq!((server.engine.stats().running, server.engine.stats().queued), (2, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn one_who_waits_for_the_key_leaves_the_queue_when_it_begins_or_ends() {
    let mut server = Server::with(memory_store(), |builder| builder.queue_limit(1));
    let first = server.start_as("wait", queued()).await;
    server.expect_began(&first, 1, None).await;
    for _ in 0..5 {
        let next = start_later(&server, "wait", queued()).await;
        server.service.gate.add_permits(1);
        let Event::Gone(_) = server.event().await else { panic!("one after the other") };
        server.expect_began(&next, 1, None).await;
    }
    tokio::time::sleep(LEASE).await;
    assert_eq!(server.engine.stats().queued, 0);
}
