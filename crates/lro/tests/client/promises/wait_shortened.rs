//! Servers that hold `WaitOperation` for a shorter time than they are asked to.

use std::time::Duration;

use lro::testing::script::{ScriptedServer, Waiting};
use tonic::{Code, Status};

use crate::promises::support::{asked, delay, millis, patient, seconds};

/// Times that fall into all parts of a hold.
const LAST: [Duration; 6] =
    [millis(600_000), millis(601_300), millis(603_900), millis(607_700), millis(613_100), millis(617_500)];

#[tokio::test(start_paused = true)]
async fn after_any_real_hold_it_waits_again_at_once() {
    for limit in [1, 4, 10, 20, 45].map(seconds) {
        for lasts in LAST {
            let server = ScriptedServer::new();
            server.waiting(Waiting::at_most(limit));
            let late = delay(&server, &patient(&server), lasts).await;
            assert!(late < millis(5), "held for {limit:?}: {late:?} late");
            let calls = asked(&server).len() as u128;
            let needed = lasts.as_millis().div_ceil(limit.as_millis());
            assert!(calls <= needed + 2, "held for {limit:?}: {calls} calls instead of {needed}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_hold_that_was_cut_off_too() {
    for code in [Code::DeadlineExceeded, Code::Cancelled, Code::Unavailable] {
        for lasts in LAST {
            let server = ScriptedServer::new();
            server.waiting(Waiting::cut_off(seconds(15), Status::new(code, "stream timeout")));
            let late = delay(&server, &patient(&server), lasts).await;
            assert!(late < seconds(1), "{code:?}: {late:?} late");
            assert!(asked(&server).len() < 90, "{code:?}: {} calls", asked(&server).len());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_handle_has_learned_of_holds_the_next_one_knows() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::at_most(millis(300)));
    let client = patient(&server);
    delay(&server, &client, seconds(600)).await;
    let first = asked(&server).len();
    delay(&server, &client, seconds(600)).await;
    let second = asked(&server).len() - first;
    // Pauses are shortened at random.
    assert!(second <= first + 3, "{first} calls, then {second}");
    assert!(first < 60, "a hold of less than a second is none: {first} calls");
}
