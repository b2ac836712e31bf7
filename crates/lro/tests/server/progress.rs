//! Chapter "Life": progress, which is cheap because the latest wins.

use std::time::Duration;

use lro::{EngineBuilder, Method, Retry, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::Instant;
use tonic::{Code, Request};

use crate::scripted_service::{Event, Job, Percent, Report};
use crate::support::{Server, error, memory_store, metadata};

const SECOND: Duration = Duration::from_secs(1);

/// So long that nothing is written but the first report and what goes with the end.
fn hardly_ever(builder: EngineBuilder) -> EngineBuilder {
    builder.progress_interval(SECOND * 3_600).cancel_grace(SECOND).drain_time(SECOND)
}

/// How often the work of this server has written: what it reported, and how it ended.
fn writes(server: &Server) -> usize {
    server.store.calls(StoreMethod::Report) + server.store.calls(StoreMethod::Finish)
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_reports_in_so_many_seconds_are_two_writes_more_at_most() {
    const OFTEN: Method<Job, Report, Percent> =
        Method::new("/test.ScriptedService/Often", "test.Job", "test.Report", "test.Percent");
    let server = Server::new();
    server.engine.register(OFTEN, &server.service, |_, _, operation| async move {
        for value in 1..=100_000 {
            operation.progress(Percent { value, note: String::new() }).await?;
            if value % 500 == 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(Report::default())
    });
    let began = Instant::now();
    let start = server.engine.start(OFTEN, Request::new(Job::default()), Start::new()).await.unwrap();
    let done = server.end(&start.into_inner().name).await;
    let seconds = began.elapsed().as_secs();
    assert_eq!((seconds, metadata(&done)), (10, Some(100_000)));
    assert!(writes(&server) <= 12, "{} writes", writes(&server));
    assert!(writes(&server) >= 10, "and those who watch see how it goes: {} writes", writes(&server));
}

#[tokio::test(start_paused = true)]
async fn the_first_report_is_written_at_once_and_of_the_next_the_latest_after_an_interval() {
    let mut server = Server::new();
    let name = server.begin("report 1, sleep 10, report 2, sleep 10, report 3, wait").await;
    let seen = async |milliseconds| {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        metadata(&server.get(&name).await.unwrap())
    };
    assert_eq!(seen(1).await, Some(1));
    assert_eq!(seen(990).await, Some(1));
    assert_eq!(seen(20).await, Some(3));
    assert_eq!(server.store.calls(StoreMethod::Report), 2);
}

#[tokio::test(start_paused = true)]
async fn work_that_reports_nothing_writes_nothing() {
    let mut server = Server::new();
    let name = server.begin("report 1, sleep 5000, wait").await;
    tokio::time::sleep(SECOND * 60).await;
    server.service.gate.add_permits(1);
    assert_eq!(metadata(&server.end(&name).await), Some(1));
    assert_eq!(writes(&server), 2);
}

#[tokio::test(start_paused = true)]
async fn the_last_report_goes_with_the_outcome_whatever_it_is() {
    for script in ["succeed", "fail", "panic 1", "answer at length"] {
        let mut server = Server::with(memory_store(), hardly_ever);
        let name = server.begin(&format!("report 1, sleep 10, report 2, {script}")).await;
        let done = server.end(&name).await;
        assert_eq!(metadata(&done), Some(2), "{script}");
        assert_eq!(writes(&server), 2, "{script}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_report_of_work_that_stops_is_kept() {
    for script in ["await the stop, report 2, report 3", "report 2, await the stop", "report 2, wait"] {
        let mut server = Server::with(memory_store(), hardly_ever);
        let name = server.begin(&format!("report 1, sleep 10, {script}")).await;
        tokio::time::sleep(SECOND).await;
        server.cancel(&name).await.unwrap();
        let done = server.end(&name).await;
        assert_eq!(metadata(&done), Some(2), "{script}");
        if script != "report 2, await the stop" {
            assert_eq!(error(&done).code, i32::from(Code::Cancelled), "{script}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_report_goes_with_work_that_is_handed_back_or_tried_again() {
    let store = memory_store();
    let mut leaving = Server::with(store.clone(), hardly_ever);
    let waiting = leaving.begin("report 1, sleep 10, report 2, wait").await;
    let retry = Start::new().retry(Retry::default().initial_delay(SECOND * 3_600));
    let again = leaving.start_as("report 1, sleep 10, report 2, ask for more 1", retry).await;
    leaving.expect_began(&again, 1, None).await;
    assert_eq!(leaving.event().await, Event::Gone(again.clone()));
    leaving.engine.drain().await;
    let mut heir = Server::with(store, |builder| builder);
    heir.expect_began(&waiting, 2, Some(2)).await;
    assert_eq!(metadata(&heir.get(&again).await.unwrap()), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_report_that_could_not_be_written_is_followed_by_the_latest() {
    let mut server = Server::new();
    server.store.inject_next(StoreMethod::Report, 2, Fault::before(FailureMode::Unavailable));
    let name = server.begin("report 1, sleep 10, report 2, wait").await;
    tokio::time::sleep(SECOND * 3).await;
    assert_eq!(metadata(&server.get(&name).await.unwrap()), Some(2));
    assert_eq!(server.store.calls(StoreMethod::Report), 3, "once an interval, also if it fails");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_reports_in_a_tight_loop_leaves_time_to_others() {
    const TIGHT: Method<Job, Report, Percent> =
        Method::new("/test.ScriptedService/Tight", "test.Job", "test.Report", "test.Percent");
    let server = Server::new();
    server.engine.register(TIGHT, &server.service, |_, _, operation| async move {
        loop {
            operation.progress(Percent::default()).await?;
        }
    });
    let start = server.engine.start(TIGHT, Request::new(Job::default()), Start::new()).await.unwrap();
    let name = start.into_inner().name;
    assert!(!server.get(&name).await.unwrap().done);
    server.cancel(&name).await.unwrap();
    assert_eq!(error(&server.end(&name).await).code, i32::from(Code::Cancelled));
}
