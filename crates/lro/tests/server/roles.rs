//! Processes that only serve, only work, or do both.

use std::sync::Arc;
use std::time::Duration;

use lro::codegen::{Serving, register_method};
use lro::{Engine, EngineBuilder, Method, Registration, Start};
use lro_store_conformance::StoreMethod;
use tokio::time::Instant;
use tonic::Request;

use crate::scripted_service::{Event, Job, Percent, Report, ScriptedService, WORK};
use crate::support::{LEASE, Server, memory_store, metadata, response};

#[tokio::test(start_paused = true)]
async fn a_process_that_only_serves_accepts_and_answers_and_never_runs() {
    let store = memory_store();
    let mut front = Server::with(store.clone(), EngineBuilder::serve_only);
    let name = front.start_as("succeed", Start::new()).await;
    tokio::time::sleep(LEASE * 10).await;
    assert!(!front.get(&name).await.unwrap().done);
    assert_eq!(front.store.calls(StoreMethod::Claim), 0, "it does not even look for work");
    let cancelled = front.start("succeed").await;
    front.cancel(&cancelled).await.unwrap();
    assert!(front.get(&cancelled).await.unwrap().done);

    let _back = Server::with(store, |builder| builder);
    assert_eq!(response(&front.end(&name).await).text, "done");
    assert!(front.has_no_event());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_only_works_runs_what_others_accept_and_tells_them() {
    let store = memory_store();
    let front = Server::with(store.clone(), EngineBuilder::serve_only);
    // What `register` of a generated server does.
    let engine = Engine::builder(store).lease(LEASE).build();
    let (service, mut events) = ScriptedService::new();
    register_method(
        &Serving::new(Arc::clone(&service), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    let registration = Registration::new(Arc::clone(&service));
    let started = Instant::now();
    let name = front.start("report and wait").await;
    let began = Event::Began { name: name.clone(), attempt: 1, last_progress: None };
    assert_eq!(events.recv().await.unwrap(), began);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(metadata(&front.get(&name).await.unwrap()), Some(50));
    front.cancel(&name).await.unwrap();
    service.gate.add_permits(1);
    assert_eq!(response(&front.end(&name).await).text, "done", "it finished all the same");
    assert!(started.elapsed() < Duration::from_millis(10), "{:?}", started.elapsed());
    drop(registration);
}

#[tokio::test(start_paused = true)]
async fn a_registration_that_is_dropped_ends_with_the_work_that_is_under_way() {
    let store = memory_store();
    let front = Server::with(store.clone(), EngineBuilder::serve_only);
    let engine = Engine::builder(store).lease(LEASE).build();
    let (service, mut events) = ScriptedService::new();
    register_method(
        &Serving::new(Arc::clone(&service), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    let registration = Registration::new(service);
    let running = front.start("sleep 60000").await;
    let Event::Began { .. } = events.recv().await.unwrap() else { panic!("it did not begin") };
    drop(registration);
    assert!(front.end(&running).await.done);
    let waits = front.start("succeed").await;
    tokio::time::sleep(LEASE).await;
    assert!(!front.get(&waits).await.unwrap().done);
    assert_eq!(front.stored(&waits).await.attempts(), 0);
    let other = ScriptedService::new().0;
    register_method(
        &Serving::new(Arc::clone(&other), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    assert!(front.end(&waits).await.done);
}

#[tokio::test(start_paused = true)]
async fn processes_that_do_both_share_the_work() {
    let store = memory_store();
    let mut servers = [(); 2].map(|()| Server::with(store.clone(), |builder| builder.concurrency(2)));
    for _ in 0..4 {
        servers[0].start("wait").await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for server in &mut servers {
        for _ in 0..2 {
            let Event::Began { attempt: 1, .. } = server.event().await else { panic!("it did not begin") };
        }
        assert_eq!(server.engine.stats().running, 2);
    }
}

/// A second method, whose work is a test's own.
const OTHER: Method<Job, Report, Percent> =
    Method::new("/test.ScriptedService/Other", "test.Job", "test.Report", "test.Percent");

fn register_other(engine: &Engine, service: &Arc<ScriptedService>) {
    engine.register(OTHER, service, |_, _, _| std::future::ready(Ok(Report::default())));
}

async fn start_other(front: &Server) -> String {
    let started = front.engine.start(OTHER, Request::new(Job::default()), Start::new()).await;
    started.unwrap().into_inner().name
}

#[tokio::test(start_paused = true)]
async fn work_of_one_method_of_a_service_that_is_gone_keeps_no_other_one_going() {
    let store = memory_store();
    let front = Server::with(store.clone(), EngineBuilder::serve_only);
    register_other(&front.engine, &front.service);
    let engine = Engine::builder(store).lease(LEASE).build();
    let (service, mut events) = ScriptedService::new();
    register_method(
        &Serving::new(Arc::clone(&service), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    register_other(&engine, &service);
    let running = front.start("sleep 60000").await;
    let Event::Began { .. } = events.recv().await.unwrap() else { panic!("it did not begin") };
    drop(service);
    let waits = start_other(&front).await;
    assert!(front.end(&running).await.done);
    assert_eq!(front.stored(&waits).await.attempts(), 0);
}

#[tokio::test(start_paused = true)]
async fn work_of_one_service_keeps_no_other_service_waiting() {
    let store = memory_store();
    let front = Server::with(store.clone(), EngineBuilder::serve_only);
    register_other(&front.engine, &front.service);
    let engine = Engine::builder(store).lease(LEASE).build();
    let ((service, mut events), (other, _)) = (ScriptedService::new(), ScriptedService::new());
    register_method(
        &Serving::new(Arc::clone(&service), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    register_other(&engine, &other);
    let running = front.start("sleep 60000").await;
    let Event::Began { .. } = events.recv().await.unwrap() else { panic!("it did not begin") };
    let done = start_other(&front).await;
    assert!(front.end(&done).await.done);
    assert!(!front.get(&running).await.unwrap().done);
}
