//! How often `updates()` looks, and waiting for something else than the end.

use lro::Update;
use lro::testing::script::{Rpc, ScriptedServer, Waiting};
use tokio::time::Instant;

use crate::promises::progress::reports;
use crate::promises::support::{Script, asked, millis, seconds, started};
use crate::scripted_service::{Step, response};

#[tokio::test(start_paused = true)]
async fn the_interval_can_be_set() {
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting);
        let mut updates = started(&server, reports()).await.updates().with_interval(seconds(10));
        let mut steps = 0;
        while let Some(update) = updates.next().await {
            steps += usize::from(matches!(update.unwrap(), Update::Progress(_)));
        }
        assert!((5..=12).contains(&steps), "{steps} steps");
        assert!(asked(&server).len() <= 25, "{} calls", asked(&server).len());
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_until_the_metadata_says_so_ends_soon_after_it_does() {
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting);
        let operation = started(&server, reports()).await;
        let start = Instant::now();
        let snapshot = operation.wait_until(|step: &Step| step.seconds >= 20).await.unwrap();
        assert!(!snapshot.is_done());
        assert!(snapshot.metadata().unwrap().seconds >= 20);
        assert!((seconds(20)..seconds(22)).contains(&start.elapsed()), "{:?}", start.elapsed());
        assert_eq!(operation.wait().await.unwrap(), response());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_true_already_needs_no_wait() {
    let server = ScriptedServer::new();
    let operation =
        started(&server, Script::new().progress_at(millis(0), Step { seconds: 7, nanos: 0 })).await;
    let start = Instant::now();
    let snapshot = operation.wait_until(|step: &Step| step.seconds == 7).await.unwrap();
    assert_eq!((snapshot.is_done(), start.elapsed()), (false, millis(0)));
}

#[tokio::test(start_paused = true)]
async fn the_end_comes_first_if_the_metadata_never_says_so() {
    let server = ScriptedServer::new();
    let operation = started(&server, reports()).await;
    let start = Instant::now();
    let snapshot = operation.wait_until(|_: &Step| false).await.unwrap();
    assert!(snapshot.is_done());
    assert!(start.elapsed() < seconds(62), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn cancelling_and_waiting_tells_how_it_has_ended() {
    let server = ScriptedServer::new();
    let stopped = started(&server, reports().cancelled_after(seconds(5))).await;
    let start = Instant::now();
    let snapshot = stopped.cancel_and_wait().await.unwrap();
    assert!(matches!(snapshot.into_state(), lro::State::Cancelled(_)));
    assert!((seconds(5)..seconds(10)).contains(&start.elapsed()), "{:?}", start.elapsed());

    let finished = started(&server, reports().ignore_cancel()).await;
    let snapshot = finished.cancel_and_wait().await.unwrap();
    assert!(matches!(snapshot.into_state(), lro::State::Succeeded(done) if done == response()));
    assert_eq!(server.calls_of(Rpc::Cancel).len(), 2);
}
