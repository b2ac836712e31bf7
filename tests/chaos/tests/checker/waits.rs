//! Waiters that are not answered.

use chaos::check::Rule;
use chaos::event::{Answer, Event, Request};

use crate::story::{Story, seen, success};

fn wait(millis: u64) -> Request {
    Request::Wait { operation: "a".into(), millis }
}

#[test]
fn a_wait_without_an_answer() {
    let mut story = Story::begin();
    story.start_any("a").add(Event::Call { call: 99, process: 1, request: wait(10) }).breaks(&[Rule::Waits]);
}

#[test]
fn a_wait_that_takes_much_longer_than_it_may() {
    let mut story = Story::begin();
    story.start_any("a").at(1_000);
    story.clone().call(wait(1_000), 3_000, Answer::Operation(seen("a", None))).is_sound();
    story.call(wait(1_000), 9_000, Answer::Operation(seen("a", None)));
    story.clone().breaks(&[Rule::Waits]);
    story.at(2_000).add(Event::StoreDown { how: "killed".into() }).at(9_000).add(Event::StoreUp).is_sound();
}

#[test]
fn a_waiter_who_is_not_told_of_the_end() {
    let mut story = Story::begin();
    story
        .start_any("a")
        .at(10)
        .begin_attempt("a", 1, 2)
        .at(20)
        .succeed("a", 1, 2)
        .at(30)
        .get("a", success(1, 2));
    let mut early = story.clone();
    story.at(20).call(wait(30_000), 30_000, Answer::Operation(seen("a", None))).breaks(&[Rule::Waits]);
    early.at(20).call(wait(5_000), 5_000, Answer::Operation(seen("a", None))).is_sound();
}
