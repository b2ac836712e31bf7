//! Chapter "Operation": operations that others finish.

use std::time::Duration;

use lro::{Completion, CompletionToken, OnConflict, Start};
use lro_store_conformance::{FailureMode, Fault, FaultyStore, StoreMethod};
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::scripted_service::{Percent, Report, WORK};
use crate::support::{LEASE, Server, error, memory_store, metadata, reason, response};

const SECOND: Duration = Duration::from_secs(1);

fn report(text: &str) -> Report {
    Report { text: text.to_owned() }
}

fn percent(value: u32) -> Percent {
    Percent { value, note: String::new() }
}

/// Starts an operation that others finish, and returns its name and its token, which has been text meanwhile.
async fn delegate(server: &Server, start: Start<Percent>) -> (String, CompletionToken) {
    let token = start.token().unwrap().expect("it is delegated").to_string();
    let started = server.start_with("succeed", start).await.unwrap();
    assert!(!started.done);
    let token: CompletionToken = token.parse().unwrap();
    assert_eq!(token.operation_name(), started.name);
    (started.name, token)
}

#[tokio::test(start_paused = true)]
async fn it_is_finished_once_by_any_process_on_the_same_store_and_a_repeat_says_so() {
    let store = memory_store();
    let server = Server::with(store.clone(), |builder| builder);
    let (name, token) = delegate(&server, Start::delegated().parent("shelves/1")).await;
    assert!(name.starts_with("shelves/1/operations/"));
    drop(server);
    let mut other = Server::with(store, |builder| builder);
    assert_eq!(other.engine.report(WORK, &token, percent(30)).await.unwrap(), Completion::Applied);
    assert_eq!(metadata(&other.get(&name).await.unwrap()), Some(30));
    assert_eq!(other.engine.complete(WORK, &token, report("first")).await.unwrap(), Completion::Applied);
    let done = other.get(&name).await.unwrap();
    assert_eq!((response(&done).text.as_str(), metadata(&done)), ("first", Some(30)));

    for _ in 0..2 {
        let repeat = other.engine.complete(WORK, &token, report("second")).await.unwrap();
        assert_eq!(repeat, Completion::AlreadyDone);
        let failure = other.engine.fail(&token, Status::internal("too late")).await.unwrap();
        assert_eq!(failure, Completion::AlreadyDone);
        let progress = other.engine.report(WORK, &token, percent(60)).await.unwrap();
        assert_eq!(progress, Completion::AlreadyDone);
    }
    assert_eq!(other.get(&name).await.unwrap(), done);
    assert!(other.has_no_event(), "no handler ran");
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_code_and_message() {
    let server = Server::new();
    let (name, token) = delegate(&server, Start::delegated()).await;
    let failure = Status::failed_precondition("the shelf is full");
    assert_eq!(server.engine.fail(&token, failure).await.unwrap(), Completion::Applied);
    let done = server.get(&name).await.unwrap();
    assert_eq!(error(&done).code, i32::from(Code::FailedPrecondition));
    assert_eq!(error(&done).message, "the shelf is full");
}

#[tokio::test(start_paused = true)]
async fn it_belongs_to_no_process_and_takes_no_slot() {
    let store = memory_store();
    let mut server = Server::with(store.clone(), |builder| builder.concurrency(1).queue_limit(0));
    let (name, token) = delegate(&server, Start::delegated()).await;
    server.begin("wait").await;
    assert_eq!((server.engine.stats().running, server.engine.stats().queued), (1, 0));
    server.engine.drain().await;
    let mut other = Server::with(store, |builder| builder);
    tokio::time::sleep(LEASE * 10).await;
    assert!(!other.get(&name).await.unwrap().done, "nobody takes it over or back");
    assert_eq!(other.engine.complete(WORK, &token, report("done")).await.unwrap(), Completion::Applied);
    while let Some(event) = other.next_event() {
        assert!(!format!("{event:?}").contains(&name));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_or_the_deadline_ends_it_and_who_comes_later_learns_that() {
    let server = Server::new();
    let (cancelled, cancelled_token) = delegate(&server, Start::delegated()).await;
    server.cancel(&cancelled).await.unwrap();
    let started = Instant::now();
    let (expired, expired_token) = delegate(&server, Start::delegated().deadline(SECOND * 10)).await;
    for (name, token, code) in
        [(cancelled, cancelled_token, Code::Cancelled), (expired, expired_token, Code::DeadlineExceeded)]
    {
        let done = server.end(&name).await;
        assert_eq!(error(&done).code, i32::from(code));
        let late = server.engine.complete(WORK, &token, report("late")).await.unwrap();
        assert_eq!(late, Completion::AlreadyDone);
        assert_eq!(server.get(&name).await.unwrap(), done);
    }
    assert!(started.elapsed() >= SECOND * 10 && started.elapsed() <= SECOND * 12);
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_is_not_found() {
    let server = Server::new();
    let never_started = Start::<Percent>::delegated().token().unwrap().unwrap();
    let (deleted, deleted_token) = delegate(&server, Start::delegated()).await;
    server.delete(&deleted).await.unwrap();
    for token in [never_started, deleted_token] {
        for status in [
            server.engine.complete(WORK, &token, report("")).await.unwrap_err(),
            server.engine.fail(&token, Status::internal("")).await.unwrap_err(),
            server.engine.report(WORK, &token, percent(1)).await.unwrap_err(),
        ] {
            assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "OPERATION_NOT_FOUND"));
        }
    }
}

/// A token with the name of an operation and the secret of another token.
fn forged(name: &str, other: &CompletionToken) -> CompletionToken {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(other.to_string()).unwrap()).unwrap();
    URL_SAFE_NO_PAD.encode(text.replace(other.operation_name(), name)).parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_forged_token_changes_nothing() {
    let mut server = Server::new();
    let (name, token) = delegate(&server, Start::delegated().metadata(percent(1))).await;
    let handled = server.begin("wait").await;
    let own = Start::<Percent>::delegated().token().unwrap().unwrap();
    for victim in [&name, &handled] {
        let before = server.get(victim).await.unwrap();
        let forged = forged(victim, &own);
        for status in [
            server.engine.complete(WORK, &forged, report("forged")).await.unwrap_err(),
            server.engine.fail(&forged, Status::internal("forged")).await.unwrap_err(),
            server.engine.report(WORK, &forged, percent(99)).await.unwrap_err(),
        ] {
            assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "OPERATION_NOT_FOUND"));
        }
        assert_eq!(server.get(victim).await.unwrap(), before);
    }
    assert_eq!(server.engine.complete(WORK, &token, report("done")).await.unwrap(), Completion::Applied);
    server.service.gate.add_permits(1);
    assert_eq!(response(&server.end(&handled).await).text, "done");
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_woken_at_once_though_no_hint_tells_of_it() {
    for deaf in [false, true] {
        let store = memory_store();
        let store = if deaf { FaultyStore::deaf(store) } else { FaultyStore::new(store) };
        let server = Server::over(store, |builder| builder.poll_interval(SECOND * 3_600));
        let (name, token) = delegate(&server, Start::delegated()).await;
        let began = Instant::now();
        let (done, ()) = tokio::join!(server.wait(&name, None), async {
            tokio::time::sleep(SECOND).await;
            server.engine.complete(WORK, &token, report("done")).await.unwrap();
        });
        assert!(done.unwrap().done);
        assert_eq!(began.elapsed(), SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_a_clear_error_and_the_operation_goes_on() {
    let server = Server::new();
    let (name, token) = delegate(&server, Start::delegated()).await;
    let long = "x".repeat(3_000_000);
    for status in [
        server.engine.complete(WORK, &token, report(&long)).await.unwrap_err(),
        server.engine.report(WORK, &token, Percent { value: 1, note: long.clone() }).await.unwrap_err(),
        server.engine.fail(&token, Status::not_found(long)).await.unwrap_err(),
    ] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "PAYLOAD_TOO_LARGE"));
    }
    assert!(!server.get(&name).await.unwrap().done);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_answer_is_lost_can_be_repeated() {
    let server = Server::new();
    let (name, token) = delegate(&server, Start::delegated()).await;
    server.store.inject_next(StoreMethod::Finish, 1, Fault::after(FailureMode::Unavailable));
    let status = server.engine.complete(WORK, &token, report("done")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let again = server.engine.complete(WORK, &token, report("done")).await.unwrap();
    assert_eq!(again, Completion::AlreadyDone);
    assert_eq!(response(&server.get(&name).await.unwrap()).text, "done");
}

#[tokio::test(start_paused = true)]
async fn it_holds_its_key_until_it_is_finished_and_never_waits_for_one() {
    let mut server = Server::new();
    let start = Start::delegated().exclusive("shelves/1", OnConflict::Abort);
    let (name, token) = delegate(&server, start.clone()).await;
    let denied = Start::delegated().exclusive("shelves/1", OnConflict::Abort);
    let status = server.start_with("succeed", denied).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "OPERATION_CONFLICT"));
    assert!(status.message().contains(&name));
    for start in [
        Start::delegated().exclusive("shelves/1", OnConflict::Queue),
        Start::delegated().exclusive("shelves/1", OnConflict::Preempt),
        Start::delegated().delay(SECOND),
    ] {
        assert_eq!(reason(&server.start_with("succeed", start).await.unwrap_err()), "NOT_STORABLE");
    }
    let queued = Start::new().exclusive("shelves/1", OnConflict::Queue);
    let next = server.start_as("succeed", queued).await;
    tokio::time::sleep(SECOND * 10).await;
    assert!(server.has_no_event());
    server.engine.complete(WORK, &token, report("done")).await.unwrap();
    server.expect_began(&next, 1, None).await;
}

#[tokio::test(start_paused = true)]
async fn only_what_is_delegated_has_a_token_and_its_parent_must_be_one() {
    assert!(Start::<Percent>::new().token().unwrap().is_none());
    assert!(Start::<Percent>::done(Report::default()).token().unwrap().is_none());
    assert!(Start::<Percent>::delegated().parent("shelves/-").token().is_err());
}

#[tokio::test(start_paused = true)]
async fn what_has_just_the_size_that_is_allowed_is_kept() {
    const LIMIT: usize = 100;
    let server = Server::with(memory_store(), |builder| builder.max_payload_size(LIMIT));
    // The type, and the tag and the length of the text.
    let text = |size: usize| "x".repeat(size - "type.googleapis.com/test.Report".len() - 2);
    let (_, token) = delegate(&server, Start::delegated()).await;
    let too_large = server.engine.complete(WORK, &token, report(&text(LIMIT + 1))).await.unwrap_err();
    assert_eq!(reason(&too_large), "PAYLOAD_TOO_LARGE");
    let applied = server.engine.complete(WORK, &token, report(&text(LIMIT))).await.unwrap();
    assert_eq!(applied, Completion::Applied);
    let (_, token) = delegate(&server, Start::delegated()).await;
    let too_large = server.engine.fail(&token, Status::not_found("x".repeat(LIMIT + 1))).await.unwrap_err();
    assert_eq!(reason(&too_large), "PAYLOAD_TOO_LARGE");
    let applied = server.engine.fail(&token, Status::not_found("x".repeat(LIMIT))).await.unwrap();
    assert_eq!(applied, Completion::Applied);
}
