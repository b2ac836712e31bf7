//! Clones of a handle: one asks, all learn.

use lro::testing::script::{ScriptedServer, Waiting};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::promises::support::{asked, millis, seconds, started, succeed_at};
use crate::scripted_service::response;

#[tokio::test(start_paused = true)]
async fn a_hundred_clones_ask_no_more_than_one_and_learn_at_the_same_time() {
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting);
        let operation = started(&server, succeed_at(seconds(3))).await;
        let mut waits = JoinSet::new();
        for _ in 0..100 {
            let operation = operation.clone();
            waits.spawn(async move {
                assert_eq!(operation.wait().await.unwrap(), response());
                Instant::now()
            });
        }
        let ends = waits.join_all().await;
        assert!(
            ends.iter().all(|end| *end == ends[0]),
            "{:?}",
            ends.iter().max().unwrap().duration_since(ends[0])
        );
        assert!(asked(&server).len() <= 6, "{} calls", asked(&server).len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_clone_that_comes_later_learns_when_its_sibling_does() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::unimplemented());
    let operation = started(&server, succeed_at(seconds(60))).await;
    let sibling = operation.clone();
    let later = async {
        sleep(seconds(30)).await;
        sibling.wait().await.unwrap();
        Instant::now()
    };
    let sooner = async {
        operation.wait().await.unwrap();
        Instant::now()
    };
    let (sooner, later) = tokio::join!(sooner, later);
    assert_eq!(sooner, later);
}

#[tokio::test(start_paused = true)]
async fn what_one_clone_polls_wakes_those_that_wait() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::unimplemented());
    let operation = started(&server, succeed_at(seconds(100))).await;
    let sibling = operation.clone();
    let asks = async {
        sleep(seconds(100)).await;
        assert!(operation.poll().await.unwrap().is_done());
        Instant::now()
    };
    let waits = async {
        sibling.wait().await.unwrap();
        Instant::now()
    };
    let (asked, woken) = tokio::join!(asks, waits);
    assert!(woken - asked < millis(5), "{:?}", woken - asked);
}

#[tokio::test(start_paused = true)]
async fn one_clone_that_is_dropped_takes_nothing_from_the_others() {
    let server = ScriptedServer::new();
    let operation = started(&server, succeed_at(seconds(20))).await;
    let sibling = operation.clone();
    let start = Instant::now();
    let short = tokio::time::timeout(seconds(1), operation.wait());
    let (short, long) = tokio::join!(short, sibling.wait());
    short.unwrap_err();
    assert_eq!(long.unwrap(), response());
    assert!(start.elapsed() < seconds(20) + millis(5), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn when_all_are_dropped_nobody_asks_any_more() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(seconds(4)));
    let operation = started(&server, succeed_at(seconds(600))).await;
    tokio::time::timeout(seconds(10), operation.wait()).await.unwrap_err();
    drop(operation);
    sleep(seconds(60)).await;
    let calls = asked(&server).len();
    sleep(seconds(600)).await;
    assert_eq!((asked(&server).len(), server.held()), (calls, 0));
}
