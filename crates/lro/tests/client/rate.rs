//! How often the client asks: never more often than the policy allows, however the server behaves.

use std::iter::repeat_n;
use std::time::Duration;

use lro::Polling;
use tonic::Status;

use crate::scripted_service::{Answer, ScriptedService, after, at_once, polling, running};

/// How the test follows the operation.
#[derive(Debug, Clone, Copy)]
enum Follow {
    Wait,
    Updates,
}

/// Follows an operation that never ends, until the client gives up. Returns the times of the calls, in seconds.
async fn asked(script: impl IntoIterator<Item = Answer>, polling: Polling, follow: Follow) -> Vec<f64> {
    let service = ScriptedService::new(script);
    let operation = service.started().with_polling(polling);
    let error = match follow {
        Follow::Wait => operation.wait().await.unwrap_err(),
        Follow::Updates => {
            let mut updates = operation.updates();
            loop {
                if let Err(error) = updates.next().await.expect("an error is the last item") {
                    break error;
                }
            }
        }
    };
    assert!(error.is_timed_out(), "{error}");
    service.log().iter().map(|line| line.split_once("s ").unwrap().0.parse().unwrap()).collect()
}

/// Servers that answer every call in the same way, and some that change.
fn behaviours() -> Vec<(&'static str, Vec<Answer>)> {
    let in_millis = |millis, answer| (Duration::from_millis(millis), answer);
    let always = |answer: Answer| repeat_n(answer, 1000).collect::<Vec<_>>();
    let then = |first: Vec<Answer>, rest: Answer| [first, always(rest)].concat();
    let early = at_once(Ok(running(1)));
    let cut = |millis| in_millis(millis, Err(Status::deadline_exceeded("")));
    vec![
        ("at once", always(early.clone())),
        ("at once, far away", always(in_millis(120, Ok(running(1))))),
        ("late, but before the hold is over", always(in_millis(900, Ok(running(1))))),
        ("by a limit of its own", always(after(3, Ok(running(1))))),
        ("at the end of the hold", always(after(4, Ok(running(1))))),
        ("away", always(at_once(Err(Status::unavailable(""))))),
        ("cut off at once", always(cut(0))),
        ("cut off soon", always(cut(120))),
        ("cut off late", always(cut(3500))),
        ("without WaitOperation", then(vec![at_once(Err(Status::unimplemented("")))], early.clone())),
        (
            "cancels the call, then answers at once",
            then(vec![at_once(Err(Status::cancelled("")))], early.clone()),
        ),
        ("drains, then holds", then(vec![early.clone(), early], after(4, Ok(running(1))))),
    ]
}

#[tokio::test(start_paused = true)]
async fn no_behaviour_of_the_server_makes_the_client_ask_more_often_than_the_policy() {
    for follow in [Follow::Wait, Follow::Updates] {
        for (behaviour, script) in behaviours() {
            let times = asked(script, polling(), follow).await;
            assert!(times.len() > 5, "{follow:?}, {behaviour}: it goes on asking: {times:?}");
            // No first look comes sooner, and there is a last one just before the limit.
            let far = times.windows(2).filter(|pair| pair[1] < 58.0);
            assert!(far.clone().all(|pair| pair[1] - pair[0] > 0.39), "{follow:?}, {behaviour}: {times:?}");
            // Who follows the metadata asks every second. A server that holds its answers is asked again at once. Otherwise there
            // are the first looks, one in 4 seconds, and some near the limit.
            let most = match (follow, behaviour) {
                (Follow::Updates, _) => 66,
                (
                    Follow::Wait,
                    "by a limit of its own"
                    | "at the end of the hold"
                    | "drains, then holds"
                    | "cut off late",
                ) => 22,
                (Follow::Wait, _) => 24,
            };
            assert!(times.len() <= most, "{follow:?}, {behaviour}: {} calls: {times:?}", times.len());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_one_second_asks_once_in_a_second() {
    let second = Duration::from_secs(1);
    let flat = polling().with_initial_delay(second).with_max_delay(second);
    for follow in [Follow::Wait, Follow::Updates] {
        for (behaviour, script) in behaviours() {
            let count = asked(script, flat, follow).await.len();
            // One call at the start, one at the end of each of the 60 seconds, one more of the first looks, and the last one.
            assert!(count <= 63, "{follow:?}, {behaviour}: {count} calls in a minute");
        }
    }
}
