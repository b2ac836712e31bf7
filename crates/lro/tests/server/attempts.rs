//! Chapter "Life": work that is interrupted again and again ends some time.

use lro::Start;
use tonic::Code;

use crate::scripted_service::Event;
use crate::support::{LEASE, Server, error, memory_store};

/// Lets the process die in which an operation runs, each time in another one, until the operation has ended; how
/// often it began.
async fn die_each_time(start: Start<crate::scripted_service::Percent>) -> (u32, lro::google::rpc::Status) {
    let store = memory_store();
    let watcher = Server::with(store.clone(), |builder| builder.concurrency(0));
    let mut dying = Server::with(store.clone(), |builder| builder);
    let name = dying.start_with("wait", start).await.unwrap().name;
    let mut began = 0;
    loop {
        let event = tokio::select! {
            event = dying.event() => event,
            ended = watcher.end(&name) => return (began, error(&ended).clone()),
        };
        began += 1;
        assert_eq!(event, Event::Began { name: name.clone(), attempt: began, last_progress: None });
        assert!(began <= 25, "it runs for ever");
        dying.store.cut();
        dying = Server::with(store.clone(), |builder| builder);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_kills_its_process_ends_as_aborted_after_twenty_five_attempts() {
    let (began, error) = die_each_time(Start::new()).await;
    assert_eq!((began, error.code), (25, i32::from(Code::Aborted)));
    assert!(error.message.contains("begun 25 times"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn the_start_hook_decides_how_often_work_may_begin() {
    for attempts in [2, 3] {
        let (began, error) = die_each_time(Start::new().max_attempts(attempts)).await;
        assert_eq!((began, error.code), (attempts, i32::from(Code::Aborted)));
        assert!(error.message.contains(&format!("begun {attempts} times")), "{}", error.message);
    }
    let (began, error) = die_each_time(Start::new().max_attempts(0)).await;
    assert_eq!((began, error.code), (1, i32::from(Code::Aborted)));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_counts_as_an_attempt_too() {
    let store = memory_store();
    let settings = |builder: lro::EngineBuilder| builder.drain_time(LEASE);
    let mut leaving = Server::with(store.clone(), settings);
    let mut name = None;
    for attempt in 1..=3 {
        if name.is_none() {
            name = Some(leaving.start_with("wait", Start::new().max_attempts(3)).await.unwrap().name);
        }
        leaving.expect_began(name.as_deref().unwrap(), attempt, None).await;
        leaving.engine.drain().await;
        leaving = Server::with(store.clone(), settings);
    }
    let ended = leaving.end(&name.unwrap()).await;
    assert_eq!(error(&ended).code, i32::from(Code::Aborted));
}
