//! Chapter "Life": checkpoints, which the next attempt goes on from.

use std::time::Duration;

use lro::{EngineBuilder, Method, Retry, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::Instant;
use tonic::{Code, Request};

use crate::scripted_service::{Event, Imported, Job, Percent, Report};
use crate::support::{LEASE, Server, error, memory_store, metadata};

const SECOND: Duration = Duration::from_secs(1);

/// A method whose handler is a test's own.
const OWN: Method<Job, Report, Percent> =
    Method::new("/test.ScriptedService/Own", "test.Job", "test.Report", "test.Percent");

fn said(text: &str) -> Event {
    Event::Said(text.to_owned())
}

/// Starts an operation of [`OWN`] whose work may be tried again, and returns how it ended.
async fn end_of_own(server: &Server) -> lro::google::longrunning::Operation {
    let start = Start::new().retry(Retry::default());
    let started = server.engine.start(OWN, Request::new(Job::default()), start).await.unwrap();
    server.end(&started.into_inner().name).await
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_that_has_returned_outlives_its_process() {
    let store = memory_store();
    let mut dying = Server::with(store.clone(), |builder| builder);
    let mut heir = Server::with(store, |builder| builder);
    let name = dying.begin("say checkpoint, checkpoint 3, checkpoint 4, say checkpoint, wait").await;
    assert_eq!(dying.event().await, said("None"));
    assert_eq!(dying.event().await, said("Some(4)"), "an attempt sees its own too");
    dying.store.cut();
    heir.expect_began(&name, 2, None).await;
    assert_eq!(heir.event().await, said("Some(4)"));
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_returns_only_when_it_is_stored() {
    let mut server = Server::new();
    server.begin("wait, checkpoint 3, say checkpoint, wait").await;
    server.store.cut();
    server.service.gate.add_permits(1);
    tokio::time::sleep(LEASE / 2).await;
    assert!(server.has_no_event(), "a store that is away is waited for");
    server.store.mend();
    assert_eq!(server.event().await, said("Some(3)"));
    server.store.inject_next(StoreMethod::Report, 2, Fault::after(FailureMode::Unavailable));
    let name = server.begin("checkpoint 5, say checkpoint").await;
    assert_eq!(server.event().await, said("Some(5)"), "one whose answer is lost is stored again");
    assert!(server.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_of_another_type_is_an_error_and_not_none() {
    let server = Server::new();
    server.engine.register(OWN, &server.service, |_, _, operation| async move {
        if operation.attempt() == 1 {
            operation.checkpoint(&Imported { books: 3, note: String::new() }).await?;
            return Err(operation.retry_later(tonic::Status::unavailable("later")));
        }
        let fault = operation.last_checkpoint::<prost_types::Timestamp>().unwrap_err();
        assert_eq!(fault.payload().type_url, "type.googleapis.com/test.Imported");
        assert_eq!(operation.last_checkpoint::<Imported>()?.map(|imported| imported.books), Some(3));
        Err(fault.into())
    });
    let done = end_of_own(&server).await;
    assert_eq!(error(&done).code, i32::from(Code::Internal));
    assert!(error(&done).message.contains("test.Imported"), "{}", error(&done).message);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_that_is_too_large_is_a_clear_error_and_the_one_before_stays() {
    let mut server = Server::new();
    let name = server.begin("checkpoint 3, checkpoint of size 3000000").await;
    let done = server.end(&name).await;
    assert_eq!(error(&done).code, i32::from(Code::ResourceExhausted));
    assert!(error(&done).message.starts_with("the checkpoint has 3000"), "{}", error(&done).message);

    server.engine.register(OWN, &server.service, |_, _, operation| async move {
        if operation.attempt() == 1 {
            operation.checkpoint(&Imported { books: 3, note: String::new() }).await?;
            let large = Imported { books: 4, note: "x".repeat(3_000_000) };
            let error = operation.checkpoint(&large).await.unwrap_err();
            assert!(error.is_too_large() && !error.is_cancelled());
            return Err(operation.retry_later(error));
        }
        let books = operation.last_checkpoint::<Imported>()?.unwrap_or_default().books;
        Ok(Report { text: books.to_string() })
    });
    assert_eq!(crate::support::response(&end_of_own(&server).await).text, "3");
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_ends_work_that_is_asked_to_stop_and_is_kept() {
    let mut server = Server::new();
    let name = server.begin("await the stop, checkpoint 4").await;
    server.cancel(&name).await.unwrap();
    assert_eq!(error(&server.end(&name).await).code, i32::from(Code::Cancelled));
    assert_eq!(server.store.calls(StoreMethod::Report), 1);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_learns_of_a_cancel_that_no_hint_has_told_of() {
    let store = memory_store();
    let mut server = Server::over(lro_store_conformance::FaultyStore::deaf(store.clone()), |builder| builder);
    let other = Server::with(store, EngineBuilder::serve_only);
    let name = server.begin("wait, checkpoint 4").await;
    other.cancel(&name).await.unwrap();
    let asked = Instant::now();
    server.service.gate.add_permits(1);
    assert_eq!(error(&other.end(&name).await).code, i32::from(Code::Cancelled));
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_carries_the_latest_metadata() {
    let mut server = Server::new();
    let name = server.begin("report 50, sleep 10, report 60, checkpoint 4, say checkpoint, wait").await;
    assert_eq!(server.event().await, said("Some(4)"));
    assert_eq!(metadata(&server.get(&name).await.unwrap()), Some(60));
    tokio::time::sleep(SECOND * 5).await;
    assert_eq!(server.store.calls(StoreMethod::Report), 2, "and it is not written once more");
}

#[tokio::test(start_paused = true)]
async fn a_slow_report_does_not_come_after_the_checkpoint_that_followed_it() {
    let mut server = Server::new();
    server.store.inject_next(StoreMethod::Report, 1, Fault::none().delay(SECOND * 5));
    let name = server.begin("report 50, sleep 10, report 60, checkpoint 4, wait").await;
    tokio::time::sleep(SECOND * 7).await;
    assert_eq!(metadata(&server.get(&name).await.unwrap()), Some(60));
    server.service.gate.add_permits(1);
    assert_eq!(metadata(&server.end(&name).await), Some(60));
}

#[tokio::test(start_paused = true)]
async fn a_broken_store_is_an_error_of_the_checkpoint() {
    let mut server = Server::new();
    server.store.inject(StoreMethod::Report, Fault::before(FailureMode::Internal));
    let name = server.begin("checkpoint 3").await;
    assert_eq!(error(&server.end(&name).await).code, i32::from(Code::Internal));
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_of_an_attempt_that_was_taken_over_changes_nothing() {
    let store = memory_store();
    let mut dying = Server::with(store.clone(), |builder| builder);
    let mut heir = Server::with(store, |builder| builder);
    let name = dying.begin("say checkpoint, wait, checkpoint 9, say checkpoint").await;
    assert_eq!(dying.event().await, said("None"));
    dying.store.cut();
    dying.service.gate.add_permits(1);
    heir.expect_began(&name, 2, None).await;
    assert_eq!(heir.event().await, said("None"));
    dying.store.mend();
    assert_eq!(dying.event().await, Event::Gone(name.clone()), "it ends without a further step");
    heir.service.gate.add_permits(1);
    assert_eq!(heir.event().await, said("Some(9)"));
    assert!(heir.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn work_whose_operation_was_deleted_goes_on_past_its_checkpoints() {
    let mut server = Server::new();
    let name = server.begin("wait, checkpoint 3, report 3, checkpoint 4, say checkpoint").await;
    server.delete(&name).await.unwrap();
    server.service.gate.add_permits(1);
    assert_eq!(server.event().await, said("None"), "nothing of it is kept");
    assert_eq!(server.event().await, Event::Gone(name));
}

#[tokio::test(start_paused = true)]
async fn what_has_just_the_size_that_is_allowed_is_kept() {
    const LIMIT: usize = 100;
    let server = Server::with(memory_store(), |builder| builder.max_payload_size(LIMIT));
    server.engine.register(OWN, &server.service, |_, _, operation| async move {
        let of_size = |size: usize| {
            let others = "type.googleapis.com/test.Imported".len() + 2;
            Imported { books: 0, note: "x".repeat(size - others) }
        };
        operation.checkpoint(&of_size(LIMIT)).await?;
        let error = operation.checkpoint(&of_size(LIMIT + 1)).await.unwrap_err();
        assert!(error.is_too_large(), "{error}");
        let kept = operation.last_checkpoint::<Imported>()?;
        Ok(Report { text: (kept == Some(of_size(LIMIT))).to_string() })
    });
    assert_eq!(crate::support::response(&end_of_own(&server).await).text, "true");
}
