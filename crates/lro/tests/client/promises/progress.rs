//! `updates()` of work that reports often.

use lro::Update;
use lro::testing::script::{ScriptedServer, Waiting};

use crate::promises::support::{Script, asked, seconds, started};
use crate::scripted_service::{Step, response};

/// Work of a minute that reports each second.
pub(crate) fn reports() -> Script {
    let work = Script::new().succeed_at(seconds(60), response());
    (0..60).fold(work, |work, second| {
        work.progress_at(seconds(second), Step { seconds: second.cast_signed(), nanos: 0 })
    })
}

#[tokio::test(start_paused = true)]
async fn nearly_every_report_of_each_second_is_seen() {
    for waiting in [Waiting::as_asked(), Waiting::at_most(seconds(4)), Waiting::unimplemented()] {
        let server = ScriptedServer::new();
        server.waiting(waiting.clone());
        let mut updates = started(&server, reports()).await.updates();
        let mut steps = Vec::new();
        let mut done = None;
        while let Some(update) = updates.next().await {
            match update.unwrap() {
                Update::Progress(step) => steps.push(step.seconds),
                Update::Done(response) => done = Some(response),
            }
        }
        assert_eq!(done, Some(response()));
        assert!(steps.len() >= 50, "{waiting:?}: {} of 60: {steps:?}", steps.len());
        assert!(steps.is_sorted(), "{steps:?}");
        assert!(asked(&server).len() <= 130, "{waiting:?}: {} calls", asked(&server).len());
    }
}
