//! Transports, and how many calls they have under way.

use lro::testing::script::{Rpc, ScriptedServer};
use tokio::time::{Instant, sleep, timeout};

use crate::support::{METHOD, Script, asker, done, get, seconds, wait};

#[tokio::test(start_paused = true)]
async fn calls_above_the_limit_wait_for_their_turn() {
    let server = ScriptedServer::new();
    server.max_concurrent_streams(2);
    let name = server.start(METHOD, Script::new().succeed_at(seconds(60), done(42)));
    let asker = asker(&server);
    let start = Instant::now();
    let waits = async { tokio::join!(wait(&asker, &name, seconds(10)), wait(&asker, &name, seconds(10))) };
    let (_, get) = tokio::join!(waits, get(&asker, &name));
    get.unwrap();
    assert_eq!((start.elapsed(), server.most_held()), (seconds(10), 2));
    assert_eq!(server.calls_of(Rpc::Get)[0].at(), seconds(10), "it did not arrive before");
}

#[tokio::test(start_paused = true)]
async fn each_transport_has_its_own_streams_and_clones_share_them() {
    let server = ScriptedServer::new();
    server.max_concurrent_streams(1);
    let name = server.start(METHOD, Script::new());
    let (one, other) = (asker(&server), asker(&server));
    let waits = timeout(seconds(10), wait(&one, &name, seconds(60)));
    let asks = async {
        sleep(seconds(1)).await;
        timeout(seconds(1), get(&one.clone(), &name)).await.unwrap_err();
        timeout(seconds(1), get(&other, &name)).await.unwrap().unwrap();
    };
    let (waited, ()) = tokio::join!(waits, asks);
    waited.unwrap_err();
    // A call that is dropped gives its stream back.
    timeout(seconds(1), get(&one, &name)).await.unwrap().unwrap();
}
