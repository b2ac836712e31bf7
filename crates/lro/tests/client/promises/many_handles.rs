//! Many handles on one connection: those that wait leave room for calls that should not.

use lro::testing::script::{Rpc, ScriptedServer, Waiting};
use lro::{Client, Operation};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::promises::support::{Script, millis, patient, seconds, start, succeed_at};
use crate::scripted_service::{Done, Step, response};

/// A server that allows 100 streams, and `count` handles that wait on one connection to it, until `lasts` seconds after their start.
async fn waiting(server: &ScriptedServer, count: usize, lasts: u64) -> (Client, JoinSet<bool>) {
    server.max_concurrent_streams(100);
    let client = patient(server);
    let mut operations = Vec::new();
    for _ in 0..count {
        operations.push(start(server, &client, succeed_at(seconds(lasts))).await);
    }
    let wait = |operation: Operation<Done, Step>| async move { operation.wait().await.is_ok() };
    (client, operations.into_iter().map(wait).collect())
}

async fn other(server: &ScriptedServer, client: &Client, script: Script) -> Operation<Done, Step> {
    let start_time = Instant::now();
    let operation = start(server, client, script).await;
    assert!(start_time.elapsed() < millis(100), "the start took {:?}", start_time.elapsed());
    operation
}

#[tokio::test(start_paused = true)]
async fn cancel_poll_delete_and_start_never_queue_behind_waits() {
    for count in [300, 1000] {
        let server = ScriptedServer::new();
        let (client, mut waits) = waiting(&server, count, 600).await;
        for _ in 0..5 {
            sleep(seconds(7)).await;
            let operation = other(&server, &client, Script::new()).await;
            let start = Instant::now();
            operation.poll().await.unwrap();
            operation.cancel().await.unwrap();
            operation.delete().await.unwrap();
            assert!(start.elapsed() < millis(100), "{count} handles: {:?}", start.elapsed());
        }
        waits.shutdown().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_operation_is_noticed_soon_beside_many_that_wait() {
    let server = ScriptedServer::new();
    let (client, mut waits) = waiting(&server, 300, 600).await;
    sleep(seconds(10)).await;
    let operation = other(&server, &client, succeed_at(seconds(5))).await;
    let start = Instant::now();
    assert_eq!(operation.wait().await.unwrap(), response());
    assert!(start.elapsed() < seconds(15), "{:?}", start.elapsed());
    waits.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn the_server_holds_at_most_fifty_waits_and_every_handle_learns_its_end() {
    let server = ScriptedServer::new();
    let (_, waits) = waiting(&server, 1000, 100).await;
    let start = Instant::now();
    assert_eq!(waits.join_all().await, [true; 1000]);
    assert!((40..=50).contains(&server.most_held()), "{} at a time", server.most_held());
    // The longest pause of the policy is 45 s, and 1,000 looks take 20 s at the shared rate.
    assert!(start.elapsed() < seconds(100 + 45 + 20), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn all_handles_of_a_client_share_one_rate() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::unimplemented());
    let (_, waits) = waiting(&server, 2000, 120).await;
    assert_eq!(waits.join_all().await, [true; 2000]);
    let times: Vec<_> = server.calls_of(Rpc::Get).iter().map(lro::testing::script::Call::at).collect();
    let busiest =
        times.iter().map(|from| times.iter().filter(|at| (*from..*from + seconds(1)).contains(at)).count());
    // 50 a second, and as many again that were saved up while nobody asked.
    let busiest = busiest.max().unwrap();
    assert!(busiest <= 100, "{busiest} looks within a second");
    let seconds = times.last().unwrap().as_secs() - times[0].as_secs() + 2;
    assert!(times.len() as u64 <= 50 * seconds, "{} looks in {seconds} s", times.len());
}
