//! The time that a caller gives to wait.

use lro::testing::script::{Fault, Rpc, ScriptedServer, Waiting};
use tokio::time::Instant;

use crate::promises::support::{Script, asked, millis, seconds, started, succeed_at};
use crate::scripted_service::response;

#[tokio::test(start_paused = true)]
async fn what_ends_within_the_limit_is_noticed_within_it() {
    // The last look comes shortly before the limit, so that there is time for its answer.
    for lasts in (100..9_700).step_by(700).chain([6_000, 9_700]) {
        let server = ScriptedServer::new();
        server.waiting(Waiting::unimplemented());
        let operation = started(&server, succeed_at(millis(lasts))).await.with_timeout(seconds(10));
        let start = Instant::now();
        let waited = operation.wait().await;
        assert_eq!(waited.unwrap_or_else(|error| panic!("{lasts} ms long: {error}")), response());
        assert!(start.elapsed() <= millis(10_050), "{lasts} ms long: {:?}", start.elapsed());
        assert!(asked(&server).len() <= 12, "{lasts} ms long: {} calls", asked(&server).len());
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_is_kept() {
    for waiting in [Waiting::as_asked(), Waiting::at_most(seconds(4)), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting);
        let operation = started(&server, Script::new()).await.with_timeout(seconds(10));
        let start = Instant::now();
        let error = operation.wait().await.unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        assert!((seconds(9)..=millis(10_050)).contains(&start.elapsed()), "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_does_not_take_all_the_time() {
    let server = ScriptedServer::new();
    server.fault(Fault::hang().on(Rpc::Wait).on(Rpc::Get).times(1));
    let operation = started(&server, succeed_at(seconds(20))).await.with_timeout(seconds(90));
    assert_eq!(operation.wait().await.unwrap(), response());
    assert!(asked(&server).len() >= 2);
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_it_waits_for_as_long_as_the_work_takes() {
    const WEEK: u64 = 7 * 24 * 60 * 60;
    for waiting in [Waiting::as_asked(), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting);
        let operation = started(&server, succeed_at(seconds(WEEK))).await;
        let start = Instant::now();
        assert_eq!(operation.wait().await.unwrap(), response());
        assert!(start.elapsed() <= seconds(WEEK + 45), "{:?}", start.elapsed());
    }
}

#[test]
#[should_panic(expected = "timers are disabled")]
fn a_runtime_without_timers_is_a_panic_that_the_docs_name() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let operation = lro::Client::new(crate::scripted_service::unused())
        .attach(crate::scripted_service::METHOD, crate::scripted_service::running(0));
    let _ = runtime.block_on(operation.wait());
}
