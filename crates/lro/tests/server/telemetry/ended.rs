//! One line for each operation that ends here.

use std::time::Duration;

use lro::{CompletionToken, Start};
use lro_store_conformance::StoreMethod;
use tokio::time::advance;
use tonic::Status;
use tracing::Level;

use super::lines::{Line, Lines};
use crate::scripted_service::{Percent, Report, WORK};
use crate::support::{Server, memory_store};

pub(super) const ENDED: &str = "the operation has ended";

pub(super) fn shown<'a>(line: &'a Line, fields: &[&str]) -> Vec<&'a str> {
    assert_eq!(line.level, Level::INFO);
    assert_eq!(line.field("method"), "/test.ScriptedService/Work");
    fields.iter().map(|field| line.field(field)).collect()
}

#[tokio::test(start_paused = true)]
async fn work_that_succeeds_has_one_line_with_its_times() {
    let lines = Lines::collect();
    let server = Server::with(memory_store(), |builder| builder.concurrency(1));
    let first = server.start("sleep 2000").await;
    let second = server.start("sleep 3000").await;
    server.end(&second).await;
    let ended = lines.that_say(ENDED);
    assert_eq!(ended.len(), 2, "{ended:?}");
    let fields = ["name", "outcome", "attempts", "error"];
    assert_eq!(shown(&ended[0], &fields), [&*first, "OK", "1", ""]);
    assert_eq!(shown(&ended[1], &fields), [&*second, "OK", "1", ""]);
    assert_eq!([ended[0].field("queue"), ended[1].field("queue")], ["0ns", "2s"]);
    assert_eq!(ended[1].field("run"), "3s");
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_its_code_and_why() {
    let lines = Lines::collect();
    let server = Server::new();
    let name = server.start("fail").await;
    server.end(&name).await;
    let fields = ["name", "outcome", "error"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [&*name, "FAILED_PRECONDITION", "the shelf is full"]);
}

#[tokio::test(start_paused = true)]
async fn the_last_of_several_attempts_has_the_line() {
    let lines = Lines::collect();
    let server = Server::new();
    let name = server.start_as("ask for more 9", Start::new().max_attempts(3)).await;
    server.end(&name).await;
    assert_eq!(shown(&lines.only(ENDED), &["outcome", "attempts"]), ["UNAVAILABLE", "3"]);
    let retries = lines.that_say("the work failed and will be tried again");
    assert_eq!(retries.iter().map(|line| line.level).collect::<Vec<_>>(), [Level::WARN; 2]);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_at_once_has_a_line_too() {
    let lines = Lines::collect();
    let server = Server::new();
    let start = Start::done(Report { text: "at once".to_owned() });
    let name = server.start_as("", start).await;
    let fields = ["name", "outcome", "attempts", "queue", "run"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [&*name, "OK", "0", "0ns", "0ns"]);
}

#[tokio::test(start_paused = true)]
async fn what_others_finish_has_a_line_where_they_do() {
    let lines = Lines::collect();
    let server = Server::new();
    let mut names = Vec::new();
    for succeeds in [true, false] {
        let (start, token) = delegated();
        names.push(server.start_as("", start).await);
        advance(Duration::from_secs(7)).await;
        for _twice in 0..2 {
            let completion = if succeeds {
                server.engine.complete(WORK, &token, Report { text: String::new() }).await
            } else {
                server.engine.fail(&token, Status::aborted("no")).await
            };
            completion.unwrap();
            tokio::task::yield_now().await;
        }
    }
    let ended = lines.that_say(ENDED);
    let fields = ["name", "outcome", "attempts", "run"];
    assert_eq!(ended.len(), 2, "{ended:?}");
    assert_eq!(shown(&ended[0], &fields), [&*names[0], "OK", "1", "7s"]);
    assert_eq!(shown(&ended[1], &fields), [&*names[1], "ABORTED", "1", "7s"]);
}

fn delegated() -> (Start<Percent>, CompletionToken) {
    let start = Start::delegated();
    let token = start.token().unwrap().unwrap();
    (start, token)
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_that_ends_what_waits_has_the_line_and_once() {
    let lines = Lines::collect();
    let server = Server::with(memory_store(), |builder| builder.concurrency(0));
    let name = server.start("succeed").await;
    advance(Duration::from_secs(5)).await;
    server.cancel(&name).await.unwrap();
    server.cancel(&name).await.unwrap();
    let fields = ["name", "outcome", "attempts", "queue", "run"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [&*name, "CANCELLED", "0", "5s", "0ns"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_of_what_runs_leaves_the_line_to_its_attempt() {
    let lines = Lines::collect();
    let store = memory_store();
    let mut works = Server::with(store.clone(), |builder| builder);
    let other = Server::with(store, |builder| builder.concurrency(0));
    let name = works.begin("stop when asked").await;
    other.cancel(&name).await.unwrap();
    works.end(&name).await;
    assert_eq!(shown(&lines.only(ENDED), &["name", "outcome", "attempts"]), [&*name, "CANCELLED", "1"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_of_what_runs_here_asks_the_store_for_nothing_else() {
    let _lines = Lines::collect();
    let mut server = Server::new();
    let name = server.begin("wait").await;
    let times = server.times();
    server.cancel(&name).await.unwrap();
    let calls: Vec<_> = times.lock().unwrap().iter().map(|(method, _)| *method).collect();
    assert_eq!(calls, [StoreMethod::RequestCancel]);
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_of_an_engine_that_shuts_down_has_a_line() {
    let lines = Lines::collect();
    let mut server = Server::with(memory_store(), |builder| builder.drain_time(Duration::ZERO));
    let mut names = Vec::new();
    for attempts in [1, 2] {
        let name = server.start_as("wait", Start::new().max_attempts(attempts)).await;
        server.expect_began(&name, 1, None).await;
        names.push(name);
    }
    advance(Duration::from_secs(4)).await;
    server.engine.drain().await;
    let fields = ["name", "outcome", "attempts", "queue"];
    assert_eq!(shown(&lines.only(ENDED), &fields), [&*names[0], "ABORTED", "1", "0ns"]);
    assert_eq!(lines.only(ENDED).field("run"), lines.only(ENDED).field("total"));
}

#[tokio::test(start_paused = true)]
async fn polls_and_looks_have_no_line() {
    let lines = Lines::collect();
    let mut server = Server::new();
    let name = server.begin("wait").await;
    let before = lines.all().len();
    for _ in 0..20 {
        server.get(&name).await.unwrap();
        server.wait(&name, Some(Duration::from_secs(3))).await.unwrap();
    }
    assert_eq!(lines.all().len(), before, "{:#?}", lines.all());
}
