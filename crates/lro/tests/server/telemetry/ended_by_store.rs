//! One line for each operation that a call of the store ends by itself, where that call was made.

use std::num::NonZeroU32;
use std::time::Duration;

use lro::store::{Beginning, Holder, NewOperation, OperationName, Parent, Payload, StoreExt as _};
use lro::{OnConflict, Retry, Start};
use lro_store_conformance::{Fault, StoreMethod};
use tokio::time::advance;

use super::ended::{ENDED, shown};
use super::lines::Lines;
use crate::support::{Server, memory_store};

const ASKED: &str = "work is past its deadline, and is asked to stop";

#[tokio::test(start_paused = true)]
async fn what_ends_by_its_deadline_while_it_waits_has_a_line() {
    let lines = Lines::collect();
    let store = memory_store();
    let server = Server::with(store.clone(), |builder| builder.concurrency(0));
    let _another = Server::with(store, |builder| builder.concurrency(0));
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(server.start_as("succeed", Start::new().deadline(Duration::from_secs(1))).await);
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    let mut ended = lines.that_say(ENDED);
    ended.sort_by_key(|line| names.iter().position(|name| name == line.field("name")));
    assert_eq!(ended.len(), 3, "each once, whichever process has ended it: {ended:?}");
    for (line, name) in ended.iter().zip(&names) {
        let fields = ["name", "outcome", "attempts", "run"];
        assert_eq!(shown(line, &fields), [&**name, "DEADLINE_EXCEEDED", "0", "0ns"]);
        assert_eq!(line.field("queue"), line.field("total"));
    }
    assert!(lines.that_say(ASKED).is_empty(), "nothing runs");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_of_what_runs_leaves_the_line_to_its_attempt() {
    let lines = Lines::collect();
    let server = Server::new();
    let start = Start::new().deadline(Duration::from_secs(1));
    let name = server.start_as("stop when asked", start).await;
    server.end(&name).await;
    assert_eq!(lines.only(ASKED).field("count"), "1");
    let fields = ["name", "outcome", "attempts"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [&*name, "DEADLINE_EXCEEDED", "1"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_past_its_deadline_between_two_attempts_has_a_line_without_the_times_of_the_last_one() {
    let lines = Lines::collect();
    let server = Server::new();
    let in_an_hour = Retry::default().initial_delay(Duration::from_secs(3_600));
    let start = Start::new().retry(in_an_hour).deadline(Duration::from_secs(1));
    let name = server.start_as("ask for more 9", start).await;
    server.end(&name).await;
    let fields = ["name", "outcome", "attempts", "queue", "run"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [&*name, "DEADLINE_EXCEEDED", "1", "", ""]);
    assert_ne!(lines.only(ENDED).field("total"), "");
}

#[tokio::test(start_paused = true)]
async fn what_is_pre_empted_while_it_waits_has_a_line_where_the_newcomer_starts() {
    let lines = Lines::collect();
    let store = memory_store();
    let [queues, preempts] = [0, 1].map(|_| Server::with(store.clone(), |builder| builder.concurrency(0)));
    let shelf = |on_conflict| Start::new().exclusive("shelf", on_conflict);
    let mut waiting = Vec::new();
    for _ in 0..2 {
        waiting.push(queues.start_as("succeed", shelf(OnConflict::Queue)).await);
    }
    advance(Duration::from_secs(3)).await;
    let newcomer = preempts.start_as("succeed", shelf(OnConflict::Preempt)).await;
    let mut ended = lines.that_say(ENDED);
    ended.sort_by_key(|line| waiting.iter().position(|name| name == line.field("name")));
    assert_eq!(ended.len(), 2, "{ended:?}");
    for (line, name) in ended.iter().zip(&waiting) {
        let fields = ["name", "outcome", "attempts", "queue", "run"];
        assert_eq!(shown(line, &fields), [&**name, "ABORTED", "0", "3s", "0ns"]);
        assert!(line.field("error").contains(&newcomer), "{line:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_of_a_process_that_died_has_a_line_where_that_is_found_out() {
    let lines = Lines::collect();
    let store = memory_store();
    let mut dies = Server::with(store.clone(), |builder| builder);
    let name = dies.start_as("wait", Start::new().max_attempts(1)).await;
    dies.expect_began(&name, 1, None).await;
    dies.store.cut();
    let other = Server::with(store, |builder| builder);
    other.end(&name).await;
    let fields = ["name", "outcome", "attempts", "queue", "run"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [&*name, "ABORTED", "1", "", ""]);
    let taken_back = lines.only("took work back from processes whose lease is over");
    assert_eq!([taken_back.field("count"), taken_back.field("ended")], ["1", "1"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_that_comes_after_the_deadline_leaves_the_line_to_whoever_found_that() {
    let lines = Lines::collect();
    let server = Server::with(memory_store(), |builder| builder.concurrency(0));
    let start = Start::new().deadline(Duration::from_secs(1));
    let name = server.start_as("succeed", start).await;
    server.store.inject_next(StoreMethod::RequestCancel, 1, Fault::none().delay(Duration::from_secs(8)));
    server.cancel(&name).await.unwrap();
    assert_eq!(shown(&lines.only(ENDED), &["name", "outcome"]), [&*name, "DEADLINE_EXCEEDED"]);
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_that_a_process_has_without_its_knowledge_has_a_line_when_it_leaves() {
    let lines = Lines::collect();
    let mut server = Server::new();
    let known = server.begin("wait").await;
    let known = server.stored(&known).await;
    let Some(Holder::Worker(worker)) = known.holder() else { panic!("it runs: {known:?}") };
    let name = OperationName::random(&Parent::default());
    let unknown = NewOperation::new(name.clone(), known.method().clone(), Payload::new("", ""))
        .with_beginning(Beginning::ClaimedBy(worker.clone()))
        .with_max_attempts(NonZeroU32::MIN);
    server.store.create_one(unknown).await.unwrap().created().expect("it is new");
    server.engine.drain().await;
    let fields = ["name", "outcome", "attempts"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [name.as_str(), "ABORTED", "1"]);
}
