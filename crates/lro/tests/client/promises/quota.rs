//! Errors that say when to ask again, and quotas.

use std::time::Duration;

use lro::testing::script::{Fault, Rpc, ScriptedServer};
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::promises::support::{asked, gaps, retry_after, seconds, started, succeed_at};
use crate::scripted_service::response;

fn on_asking(status: Status) -> Fault {
    Fault::status(status).on(Rpc::Get).on(Rpc::Wait)
}

#[tokio::test(start_paused = true)]
async fn retry_info_is_obeyed() {
    let cases = [
        (Code::ResourceExhausted, seconds(2)),
        (Code::Unavailable, seconds(3)),
        (Code::ResourceExhausted, seconds(60)),
        (Code::Aborted, seconds(4)),
    ];
    for (code, delay) in cases {
        let server = ScriptedServer::new();
        server.fault(on_asking(retry_after(code, delay)).times(3));
        let operation = started(&server, succeed_at(seconds(1))).await;
        let waited = operation.wait().await;
        assert_eq!(waited.unwrap_or_else(|error| panic!("{code:?}: {error}")), response());
        let gaps = gaps(&server);
        assert!(gaps.len() >= 3 && gaps[..3].iter().all(|gap| *gap >= delay), "{code:?}: {gaps:?}");
        // It says how long to wait at least. To wait much longer would be of no use.
        assert!(gaps[..3].iter().all(|gap| *gap <= delay + seconds(5)), "{code:?}: {gaps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_is_waited_for_also_if_it_does_not_say_how_long() {
    let server = ScriptedServer::new();
    server.fault(on_asking(Status::resource_exhausted("quota")).times(6));
    let operation = started(&server, succeed_at(seconds(1))).await;
    assert_eq!(operation.wait().await.unwrap(), response());
    let calls = asked(&server).len();
    assert!((7..=9).contains(&calls), "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_the_wait_is_stronger_than_retry_info() {
    let server = ScriptedServer::new();
    server.fault(on_asking(retry_after(Code::Unavailable, seconds(60))));
    let operation = started(&server, succeed_at(seconds(1))).await.with_timeout(seconds(20));
    let start = Instant::now();
    let error = operation.wait().await.unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    assert!(error.to_string().contains("not now"), "it says what the last trouble was: {error}");
    assert!(start.elapsed() <= seconds(20), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn without_retry_info_pauses_grow_and_have_a_limit() {
    let server = ScriptedServer::new();
    server.fault(on_asking(Status::unavailable("restarting")).times(10));
    let operation = started(&server, succeed_at(seconds(1))).await;
    assert_eq!(operation.wait().await.unwrap(), response());
    let gaps = gaps(&server);
    let pauses: Vec<_> = gaps.iter().copied().filter(|gap| *gap > Duration::ZERO).collect();
    assert!(pauses.iter().all(|gap| *gap <= seconds(30)), "{gaps:?}");
    assert!(pauses.last() > pauses.first(), "{gaps:?}");
}
