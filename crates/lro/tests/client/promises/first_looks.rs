//! How soon short operations are noticed where there is no `WaitOperation`.

use lro::testing::script::{ScriptedServer, Waiting};

use crate::promises::support::{asked, delay, millis, patient, seconds};

#[tokio::test(start_paused = true)]
async fn the_first_looks_come_within_about_a_second() {
    for (lasts, latest) in [(100, 400), (500, 1200), (800, 900), (2000, 3300), (3000, 2300)] {
        let server = ScriptedServer::new();
        server.waiting(Waiting::unimplemented());
        // The looks come at about 0.4 s, 1.6 s and 5.2 s, or a little earlier.
        let late = delay(&server, &patient(&server), millis(lasts)).await;
        assert!(late <= millis(latest), "{lasts} ms long: {late:?} late");
        assert!(asked(&server).len() <= 5, "{lasts} ms long: {} calls", asked(&server).len());
    }
}

#[tokio::test(start_paused = true)]
async fn long_operations_are_looked_at_by_the_policy() {
    let server = ScriptedServer::new();
    server.waiting(Waiting::unimplemented());
    let late = delay(&server, &patient(&server), seconds(600)).await;
    assert!(late <= seconds(45), "{late:?} late");
    // 5, 7.5, … 45 s, each shortened by three tenths at most: 17 of them at the fewest, and 23 at the most, beside the first looks.
    let calls = asked(&server).len();
    assert!((15..=27).contains(&calls), "{calls} calls");
}
