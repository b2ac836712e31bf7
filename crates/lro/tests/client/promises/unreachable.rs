//! Servers that were never reached, and transports that fail by themselves.

use lro::testing::script::{Fault, ScriptedServer, Waiting};
use tokio::time::{Instant, sleep};

use crate::promises::support::{asked, client, seconds, started, succeed_at};
use crate::scripted_service::{METHOD, NAME, response};

#[tokio::test(start_paused = true)]
async fn what_was_never_reached_fails_within_ten_seconds_and_says_why() {
    let faults = [Fault::unreachable("no such host"), Fault::transport("no such host")];
    for fault in faults {
        let server = ScriptedServer::new();
        server.fault(fault);
        let operation = client(&server).operation(METHOD, NAME);
        let start = Instant::now();
        let error = operation.wait().await.unwrap_err();
        assert!(!error.is_timed_out(), "{error}");
        assert!(start.elapsed() <= seconds(11), "{:?}", start.elapsed());
        assert!(error.to_string().contains("no such host"), "{error}");
        assert!(asked(&server).len() < 20, "{} calls", asked(&server).len());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_reached_before_may_be_away_for_minutes() {
    for waiting in [Waiting::as_asked(), Waiting::at_most(seconds(4)), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting);
        let operation = started(&server, succeed_at(seconds(400))).await;
        let outage = async {
            sleep(seconds(60)).await;
            server.fault(Fault::unreachable("connection refused"));
            sleep(seconds(180)).await;
            server.heal();
        };
        let (waited, ()) = tokio::join!(operation.wait(), outage);
        assert_eq!(waited.unwrap(), response());
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_without_an_end_is_an_error_in_the_end() {
    let server = ScriptedServer::new();
    let operation = started(&server, succeed_at(seconds(400))).await;
    server.fault(Fault::unreachable("connection refused"));
    let start = Instant::now();
    let error = operation.wait().await.unwrap_err();
    assert!(!error.is_timed_out(), "nobody set a limit: {error}");
    assert!(error.to_string().contains("connection refused"), "{error}");
    assert!((seconds(400)..seconds(700)).contains(&start.elapsed()), "{:?}", start.elapsed());
}
