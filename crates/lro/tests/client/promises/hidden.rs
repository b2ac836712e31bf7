//! Operations that servers do not find.

use lro::testing::script::{ScriptedServer, Waiting};
use tokio::time::{Instant, sleep};
use tonic::Code;

use crate::promises::support::{Script, asked, client, seconds, started, succeed_at};
use crate::scripted_service::{METHOD, response};

#[tokio::test(start_paused = true)]
async fn not_found_soon_after_the_start_is_asked_again() {
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        for hidden in [1, 4, 9] {
            let server = ScriptedServer::new();
            server.waiting(waiting.clone());
            let operation = started(&server, succeed_at(seconds(20)).hidden_for(seconds(hidden))).await;
            let waited = operation.wait().await;
            assert_eq!(waited.unwrap_or_else(|error| panic!("hidden for {hidden} s: {error}")), response());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn but_not_for_longer_than_ten_seconds() {
    let server = ScriptedServer::new();
    let operation = started(&server, Script::new().hidden_for(seconds(3600))).await;
    let start = Instant::now();
    let error = operation.wait().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::NotFound);
    let elapsed = start.elapsed();
    assert!((seconds(8)..seconds(20)).contains(&elapsed), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_name_from_elsewhere_is_not_found_at_once() {
    let server = ScriptedServer::new();
    let operation = client(&server).operation(METHOD, "operations/unknown");
    let start = Instant::now();
    let error = operation.wait().await.unwrap_err();
    assert_eq!(error.status().unwrap().code(), Code::NotFound);
    assert!(start.elapsed() < seconds(1) && asked(&server).len() <= 2, "{:?}", asked(&server));
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_and_is_deleted_later_is_gone_at_once() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(seconds(4)));
    let operation = started(&server, Script::new()).await;
    let delete = async {
        sleep(seconds(60)).await;
        operation.delete().await.unwrap();
        Instant::now()
    };
    let (waited, deleted) = tokio::join!(operation.wait(), delete);
    assert_eq!(waited.unwrap_err().status().unwrap().code(), Code::NotFound);
    assert!(deleted.elapsed() < seconds(6), "{:?}", deleted.elapsed());
}
