//! Waiters that are not answered.

use chaos::check::Rule;
use chaos::event::{Answer, Event, Request};

use crate::story::{Story, done, seen, success};

/// Waits in process 1 for what process 2 does, each of which is answered so long after the end.
fn waits(late: &[u64]) -> Story {
    let mut story = Story::begin();
    for (number, late) in late.iter().enumerate() {
        let name = format!("operation {number}");
        let begin = 1_000 + 10_000 * number as u64;
        story.at(begin).start_any(&name).begin_attempt(&name, 1, 2).at(begin + 500).succeed(&name, 1, 2);
        let request = Request::Wait { operation: name.clone(), millis: 5_000 };
        story.at(begin + 100).call(request, 400 + late, Answer::Operation(seen(&name, success(1, 2))));
    }
    story
}

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
    story
        .at(2_000)
        .add(Event::StoreDown { how: "killed".into(), of: "all".into() })
        .at(9_000)
        .add(Event::StoreUp)
        .is_sound();
}

#[test]
fn a_waiter_who_is_not_told_of_the_end() {
    let mut story = done();
    let mut early = story.clone();
    story.at(20).call(wait(30_000), 30_000, Answer::Operation(seen("a", None))).breaks(&[Rule::Waits]);
    early.at(20).call(wait(5_000), 5_000, Answer::Operation(seen("a", None))).is_sound();
}

#[test]
fn waiters_who_are_told_nothing_and_have_to_look() {
    let mut late = [20; 30];
    waits(&late).is_sound();
    // Some hints may be lost.
    late[..10].fill(1_500);
    waits(&late).is_sound();
    late[..20].fill(1_500);
    waits(&late).breaks(&[Rule::Hints]);
    // A few waits say nothing.
    waits(&late[..15]).is_sound();
}
