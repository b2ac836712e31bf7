//! Chapter "Operation": requests that are sent again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use lro::codegen::{register_method, start_operation};
use lro::google::longrunning::Operation;
use lro::google::rpc;
use lro::store::MemoryStore;
use lro::{Method, OnConflict, Start};
use lro_store_conformance::{FailureMode, Fault, StoreMethod};
use prost::Message;
use tonic::{Code, Request, Status};

use crate::scripted_service::{Event, Job, Percent, Report, ScriptedService, WORK};
use crate::support::{LEASE, Server, detail, memory_store, metadata, reason};

/// Sends a request with an id.
async fn send(server: &Server, script: &str, id: &str) -> Result<Operation, Status> {
    server.call(Job::identified(script, id), || Ok(Start::new())).await
}

fn refuses_all() -> Result<Start<Percent>, Status> {
    Err(Status::already_exists("the start hook has seen this book before"))
}

#[tokio::test(start_paused = true)]
async fn a_repeat_returns_the_first_operation_as_it_now_stands() {
    let mut server = Server::new();
    let first = send(&server, "report and wait", "5f1a").await.unwrap();
    assert!(!first.done && first.metadata.is_none());
    server.expect_began(&first.name, 1, None).await;
    while metadata(&server.get(&first.name).await.unwrap()) != Some(50) {
        tokio::task::yield_now().await;
    }
    let running = send(&server, "report and wait", "5f1a").await.unwrap();
    assert_eq!((&running.name, running.done, metadata(&running)), (&first.name, false, Some(50)));
    server.service.gate.add_permits(1);
    let done = server.end(&first.name).await;
    assert_eq!(send(&server, "report and wait", "5f1a").await.unwrap(), done);
    assert_eq!(server.event().await, Event::Gone(first.name));
    tokio::time::sleep(LEASE).await;
    assert!(server.has_no_event(), "it ran once");
    assert_eq!(server.count().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_refused_by_neither_the_start_hook_nor_a_full_queue_nor_a_shutdown() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(0));
    let first = send(&server, "wait", "5f1a").await.unwrap();
    server.expect_began(&first.name, 1, None).await;
    assert_eq!(reason(&send(&server, "wait", "another").await.unwrap_err()), "QUEUE_FULL");
    let repeat = || server.call(Job::identified("wait", "5f1a"), refuses_all);
    assert_eq!(repeat().await.unwrap(), first);
    let shutdown = async {
        tokio::task::yield_now().await;
        assert_eq!(reason(&send(&server, "wait", "another").await.unwrap_err()), "SERVER_DRAINING");
        assert_eq!(repeat().await.unwrap(), first);
        server.service.gate.add_permits(1);
    };
    tokio::join!(server.engine.drain(), shutdown);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_got_past_the_first_look_still_starts_nothing() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(1));
    let start = async |id: &str| {
        let start = Start::new().exclusive("shelves/1", OnConflict::Abort);
        server.engine.start(WORK, Request::new(Job::identified("wait", id)), start).await
    };
    let first = start("5f1a").await.unwrap().into_inner();
    for _ in 0..3 {
        // Its own operation has the key and the place that it would need.
        assert_eq!(start("5f1a").await.unwrap().into_inner(), first);
        assert_eq!(start("another").await.unwrap_err().code(), Code::Aborted);
    }
    let other = Job::identified("succeed", "5f1a");
    let status = server.engine.start(WORK, Request::new(other), Start::new()).await.unwrap_err();
    assert_eq!(reason(&status), "REQUEST_ID_TAKEN");
    server.start("wait").await;
    server.expect_began(&first.name, 1, None).await;
    assert_eq!(reason(&server.start_with("wait", Start::new()).await.unwrap_err()), "QUEUE_FULL");
}

#[tokio::test(start_paused = true)]
async fn an_id_of_another_request_is_refused() {
    let server = Server::new();
    let labels = HashMap::from([("shelf".to_owned(), "1".to_owned())]);
    let first = Job { labels: labels.clone(), ..Job::identified("succeed", "5f1a") };
    let name = server.call(first.clone(), || Ok(Start::new())).await.unwrap().name;
    let relabelled = HashMap::from([("shelf".to_owned(), "2".to_owned())]);
    for other in [
        Job { script: "wait".to_owned(), ..first.clone() },
        Job { labels: relabelled, ..first.clone() },
        Job { labels: HashMap::new(), ..first.clone() },
    ] {
        let status = server.call(other, refuses_all).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "REQUEST_ID_TAKEN"));
        assert_eq!(detail::<rpc::BadRequest>(&status).unwrap().field_violations[0].field, "request_id");
        assert!(!format!("{status:?}").contains(&name), "it does not tell of what is not its own");
    }
    assert_eq!(server.call(first, refuses_all).await.unwrap().name, name);
    assert_eq!(server.count().await, 1);
}

#[tokio::test(start_paused = true)]
async fn entries_of_a_map_in_another_order_are_the_same_request() {
    let server = Server::new();
    let job = |numbers: &mut dyn Iterator<Item = u32>| Job {
        labels: numbers.map(|number| (number.to_string(), String::new())).collect(),
        ..Job::identified("succeed", "5f1a")
    };
    let first = job(&mut (0..50));
    let again = job(&mut (0..50).rev());
    assert_ne!(first.encode_to_vec(), again.encode_to_vec());
    let name = server.call(first, || Ok(Start::new())).await.unwrap().name;
    assert_eq!(server.call(again.clone(), refuses_all).await.unwrap().name, name);
    let raced = server.engine.start(WORK, Request::new(again), Start::new()).await.unwrap();
    assert_eq!(raced.into_inner().name, name);
}

#[tokio::test(start_paused = true)]
async fn equal_bytes_are_the_same_request_even_if_the_message_is_not_equal_to_itself() {
    #[derive(Clone, PartialEq, Message)]
    struct Weigh {
        #[prost(double, tag = "1")]
        weight: f64,
        #[prost(string, tag = "2")]
        request_id: String,
    }
    const WEIGH: Method<Weigh, Report, Percent> =
        Method::new("/test.ScriptedService/Weigh", "test.Weigh", "test.Report", "test.Percent")
            .with_request_id(|weigh: &Weigh| &weigh.request_id, |weigh, id| weigh.request_id = id);
    let server = Server::new();
    server.engine.register(WEIGH, &server.service, |_, _, _| async { Ok(Report::default()) });
    let request = || Request::new(Weigh { weight: f64::NAN, request_id: "5f1a".to_owned() });
    let first = server.engine.start(WEIGH, request(), Start::new()).await.unwrap().into_inner();
    let refuses = |_: &ScriptedService, _: &Request<Weigh>| std::future::ready(refuses_all());
    let again = start_operation(&server.serving(), WEIGH, request(), refuses).await.unwrap();
    assert_eq!(again.into_inner().name, first.name);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_cannot_be_is_refused_before_the_start_hook() {
    let server = Server::new();
    for id in ["a\0b", &"x".repeat(129)] {
        let job = || Job::identified("succeed", id);
        for status in [
            server.call(job(), refuses_all).await.unwrap_err(),
            server.engine.start(WORK, Request::new(job()), Start::new()).await.unwrap_err(),
        ] {
            assert_eq!(
                (status.code(), reason(&status).as_str()),
                (Code::InvalidArgument, "INVALID_REQUEST_ID")
            );
            assert_eq!(detail::<rpc::BadRequest>(&status).unwrap().field_violations[0].field, "request_id");
            assert!(status.message().len() < 300);
        }
    }
    send(&server, "succeed", &"x".repeat(128)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn ids_are_kept_apart_by_method_and_no_id_repeats_nothing() {
    const OTHER: Method<Job, Report, Percent> =
        Method::new("/test.ScriptedService/Other", "test.Job", "test.Report", "test.Percent")
            .with_request_id(|job: &Job| &job.request_id, |job, id| job.request_id = id);
    let server = Server::new();
    register_method(&server.serving(), OTHER, OTHER.descriptors(), ScriptedService::work);
    let mut names = BTreeSet::new();
    for id in ["", "", "5f1a", "5F1A"] {
        names.insert(send(&server, "succeed", id).await.unwrap().name);
        let request = Request::new(Job::identified("succeed", id));
        let refuses = |_: &ScriptedService, _: &Request<Job>| std::future::ready(refuses_all());
        let status = start_operation(&server.serving(), OTHER, request, refuses).await.unwrap_err();
        assert_eq!(status.code(), Code::AlreadyExists, "it is no repeat, so the hook is asked");
    }
    let request = Request::new(Job::identified("wait", "5f1a"));
    names.insert(server.engine.start(OTHER, request, Start::new()).await.unwrap().into_inner().name);
    assert_eq!(names.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn equal_requests_at_the_same_moment_start_the_work_once() {
    let store = MemoryStore::new();
    let mut servers =
        [Server::with(store.clone(), |builder| builder), Server::with(store, |builder| builder)];
    for id in ["1", "2", "3", "4", "5"] {
        let together = Arc::new(tokio::sync::Barrier::new(40));
        let requests: Vec<_> = (0..40)
            .map(|number: usize| {
                let (engine, together) = (servers[number % 2].engine.clone(), Arc::clone(&together));
                let request = Request::new(Job::identified("succeed", id));
                tokio::spawn(async move {
                    together.wait().await;
                    engine.start(WORK, request, Start::new()).await.unwrap().into_inner().name
                })
            })
            .collect();
        let mut names = BTreeSet::new();
        for request in requests {
            names.insert(request.await.unwrap());
        }
        assert_eq!(names.len(), 1);
        assert!(servers[0].end(names.first().unwrap()).await.done);
    }
    let mut began = 0;
    for server in &mut servers {
        server.engine.drain().await;
        while let Some(event) = server.next_event() {
            began += usize::from(matches!(event, Event::Began { .. }));
        }
    }
    assert_eq!((began, servers[0].count().await), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn an_id_is_known_in_every_process_and_after_the_one_that_took_it_has_died() {
    let store = memory_store();
    let mut dying = Server::with(store.clone(), |builder| builder);
    let first = send(&dying, "wait", "5f1a").await.unwrap();
    dying.expect_began(&first.name, 1, None).await;
    dying.store.cut();
    let mut heir = Server::with(store, |builder| builder);
    assert_eq!(heir.call(Job::identified("wait", "5f1a"), refuses_all).await.unwrap(), first);
    assert!(heir.has_no_event(), "the repeat takes no work from its owner");
    heir.expect_began(&first.name, 2, None).await;
    heir.service.gate.add_permits(1);
    let done = heir.end(&first.name).await;
    assert_eq!(send(&heir, "wait", "5f1a").await.unwrap(), done);
    assert_eq!(reason(&send(&heir, "succeed", "5f1a").await.unwrap_err()), "REQUEST_ID_TAKEN");
}

#[tokio::test(start_paused = true)]
async fn an_id_is_free_once_its_operation_is_deleted_or_has_expired() {
    let kept = Duration::from_secs(600);
    let mut server = Server::with(memory_store(), |builder| builder.retention(kept));
    let first = send(&server, "wait", "5f1a").await.unwrap().name;
    server.expect_began(&first, 1, None).await;
    server.delete(&first).await.unwrap();
    let second = send(&server, "succeed", "5f1a").await.unwrap().name;
    server.expect_began(&second, 1, None).await;
    assert!(server.end(&second).await.done, "beside the work of the deleted one, which goes on");
    tokio::time::sleep(kept / 2).await;
    assert_eq!(send(&server, "succeed", "5f1a").await.unwrap().name, second);
    tokio::time::sleep(kept).await;
    let third = send(&server, "wait", "5f1a").await.unwrap().name;
    assert!(third != first && third != second);
    server.service.gate.add_permits(2);
    assert!(server.end(&third).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_finds_the_start_whose_confirmation_was_lost() {
    let mut server = Server::new();
    server.store.lose_answers();
    let job = Request::new(Job::identified("succeed", "5f1a"));
    let status = server.engine.start(WORK, job, Start::new()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    server.store.mend();
    let found = server.call(Job::identified("succeed", "5f1a"), refuses_all).await.unwrap();
    server.expect_began(&found.name, 1, None).await;
    assert!(server.end(&found.name).await.done);
    assert_eq!(server.count().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_failed_before_it_was_stored_leaves_its_id_free() {
    let server = Server::new();
    let shelf = || Start::new().exclusive("shelves/1", OnConflict::Abort);
    let holder = server.start_with("wait", shelf()).await.unwrap().name;
    let conflicting = || server.call(Job::identified("succeed", "5f1a"), || Ok(shelf()));
    assert_eq!(conflicting().await.unwrap_err().code(), Code::Aborted);
    let refused = server.call(Job::identified("succeed", "5f1a"), refuses_all).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    server.store.inject(StoreMethod::Create, Fault::before(FailureMode::Internal));
    assert_eq!(reason(&send(&server, "succeed", "5f1a").await.unwrap_err()), "STORE_FAILED");
    server.store.mend();
    server.service.gate.add_permits(1);
    server.end(&holder).await;
    let name = conflicting().await.unwrap().name;
    assert!(server.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_look_for_the_first_is_unavailable_and_nothing_starts() {
    let server = Server::new();
    for fault in [None, Some(Fault::before(FailureMode::Hang))] {
        match fault {
            Some(fault) => server.store.inject(StoreMethod::FindByRequest, fault),
            None => server.store.cut(),
        }
        let status = server.call(Job::identified("succeed", "5f1a"), refuses_all).await.unwrap_err();
        assert_eq!(reason(&status), "STORE_UNAVAILABLE");
        server.store.mend();
    }
    assert_eq!(server.count().await, 0);
}
