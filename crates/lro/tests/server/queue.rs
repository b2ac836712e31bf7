//! The queue of a process: limited, and never full of what is not in it any more.

use std::time::Duration;

use lro::Start;
use lro::google::rpc;
use lro_store_conformance::{FailureMode, Fault, FaultyStore, StoreMethod};
use tonic::Code;

use crate::support::{Server, detail, memory_store, reason};

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_resource_exhausted_with_a_time_to_try_again() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(2));
    server.begin("wait").await;
    let first = server.start("wait").await;
    tokio::time::advance(Duration::from_millis(1)).await;
    server.start("wait").await;
    let status = server.start_with("wait", Start::new()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "QUEUE_FULL"));
    assert!(detail::<rpc::RetryInfo>(&status).unwrap().retry_delay.is_some());

    server.service.gate.add_permits(1);
    let _gone = server.event().await;
    server.expect_began(&first, 1, None).await;
    server.start("wait").await;
    assert_eq!(server.start_with("wait", Start::new()).await.unwrap_err().code(), Code::ResourceExhausted);
}

#[tokio::test(start_paused = true)]
async fn work_that_others_took_from_the_queue_does_not_fill_it_for_ever() {
    let store = memory_store();
    let mut server = Server::with(store.clone(), |builder| builder.concurrency(1).queue_limit(1));
    let running = server.begin("wait").await;
    let queued = server.start("succeed").await;
    let other = Server::with(store, |builder| builder);
    assert!(other.end(&queued).await.done);
    server.service.gate.add_permits(1);
    server.end(&running).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.start("wait").await;
    server.start("wait").await;
}

#[tokio::test(start_paused = true)]
async fn work_that_ends_elsewhere_leaves_the_queue_of_a_process_without_places() {
    let store = memory_store();
    let front = Server::with(store.clone(), |builder| builder.concurrency(0).queue_limit(1));
    let _back = Server::with(store, |builder| builder);
    for _ in 0..5 {
        let name = front.start("succeed").await;
        assert!(front.end(&name).await.done);
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_others_have_begun_leaves_the_queue_though_no_hint_tells_of_it() {
    let store = memory_store();
    let deaf = FaultyStore::deaf(store.clone());
    let front = Server::over(deaf, |builder| builder.concurrency(0).queue_limit(1));
    let mut back = Server::with(store, |builder| builder);
    for _ in 0..5 {
        let name = front.start("wait").await;
        back.expect_began(&name, 1, None).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_is_cancelled_or_deleted_leaves_the_queue() {
    let mut server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(1));
    server.begin("wait").await;
    for _ in 0..3 {
        let name = server.start("wait").await;
        server.cancel(&name).await.unwrap();
        server.end(&name).await;
        let name = server.start("wait").await;
        server.delete(&name).await.unwrap();
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_queue_a_place_that_a_look_for_work_holds_is_still_free() {
    let server = Server::with(memory_store(), |builder| builder.concurrency(1).queue_limit(0));
    server.store.inject(StoreMethod::Claim, Fault::before(FailureMode::Hang));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let name = server.start("succeed").await;
    assert_eq!(server.start_with("wait", Start::new()).await.unwrap_err().code(), Code::ResourceExhausted);
    server.store.mend();
    assert!(server.end(&name).await.done);
}
