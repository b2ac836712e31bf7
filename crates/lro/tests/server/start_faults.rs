//! Starts that meet a fault: a hook that panics, an answer of the store that is lost.

use std::time::Duration;

use lro::codegen::start_operation;
use lro::store::FailureCode;
use lro::{Retry, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use tokio::time::{Instant, sleep};
use tonic::{Code, Request, Status};

use crate::scripted_service::{Event, Job, Percent, ScriptedService, WORK};
use crate::support::{LEASE, Server, memory_store, reason};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_start_hook_that_panics_is_an_internal_error_without_its_text() {
    type Answer = std::future::Ready<Result<Start<Percent>, Status>>;
    fn at_once(_: &ScriptedService, _: &Request<Job>) -> Answer {
        panic!("the secret of the hook");
    }
    async fn later(_: &ScriptedService, _: &Request<Job>) -> Result<Start<Percent>, Status> {
        sleep(SECOND).await;
        panic!("the secret of the hook");
    }
    let server = Server::new();
    let request = || Request::new(Job::new("succeed"));
    for status in [
        start_operation(&server.serving(), WORK, request(), at_once).await.unwrap_err(),
        start_operation(&server.serving(), WORK, request(), later).await.unwrap_err(),
    ] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "START_HOOK_PANICKED"));
        assert!(!format!("{status:?}").contains("secret"));
    }
    assert_eq!(server.count().await, 0);
    assert!(server.end(&server.start("succeed").await).await.done, "and the server goes on");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_took_effect_though_its_answer_was_lost_runs_at_once() {
    for start in [Start::new, || Start::new().at_most_once()] {
        for fault in [
            Fault::after(FailureMode::Unavailable),
            Fault::after(FailureMode::Internal),
            Fault::after(FailureMode::Panic),
        ] {
            let mut server = Server::new();
            sleep(SECOND).await;
            server.store.inject_next(StoreMethod::Create, 1, fault);
            let began = Instant::now();
            let name = server.start_with("succeed", start()).await.unwrap().name;
            server.expect_began(&name, 1, None).await;
            assert_eq!(began.elapsed(), Duration::ZERO);
            assert!(server.end(&name).await.done);
            assert_eq!(server.event().await, Event::Gone(name));
            sleep(LEASE * 2).await;
            assert!(server.has_no_event(), "it ran once");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_of_which_nothing_is_known_runs_soon_after_the_store_is_back() {
    for start in [Start::new, || Start::new().at_most_once()] {
        for outage in [Duration::ZERO, SECOND * 10, LEASE * 2] {
            let mut server = Server::new();
            sleep(SECOND).await;
            server.store.inject_next(StoreMethod::Create, 1, Fault::after(FailureMode::Unavailable));
            server.store.inject_next(StoreMethod::Get, 1, Fault::before(FailureMode::Unavailable));
            if !outage.is_zero() {
                server.store.cut();
            }
            let status = server.start_with("succeed", start()).await.unwrap_err();
            assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "STORE_UNAVAILABLE"));
            sleep(outage).await;
            server.store.mend();
            let mended = Instant::now();
            let Event::Began { name, attempt: 1, .. } = server.event().await else { panic!("not the first") };
            assert!(mended.elapsed() <= SECOND * 4, "{:?}", mended.elapsed());
            assert!(server.end(&name).await.done);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_answer_comes_late_is_answered_in_time_and_still_runs() {
    let mut server = Server::new();
    sleep(SECOND).await;
    server.store.inject_next(StoreMethod::Create, 1, Fault::after(FailureMode::Hang));
    let began = Instant::now();
    let status = server.start_with("succeed", Start::new().at_most_once()).await.unwrap_err();
    assert_eq!((status.code(), began.elapsed()), (Code::Unavailable, SECOND * 10));
    let Event::Began { name, attempt: 1, .. } = server.event().await else { panic!("not the first") };
    assert!(began.elapsed() <= SECOND * 10, "{:?}", began.elapsed());
    assert!(server.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_source_of_randomness_that_panics_costs_nothing() {
    let mut server = Server::with(memory_store(), |builder| builder.random_source(|| panic!("no numbers")));
    let start = Start::new().retry(Retry::default().on(FailureCode::new(9).unwrap()));
    let name = server.start_with("fail", start.max_attempts(2)).await.unwrap().name;
    server.expect_began(&name, 1, None).await;
    assert_eq!(server.event().await, Event::Gone(name.clone()));
    server.expect_began(&name, 2, None).await;
    assert!(server.end(&name).await.done);
    sleep(LEASE * 3).await;
    assert!(server.end(&server.start("succeed").await).await.done);
}
