//! Sound histories: whatever went wrong in them, nothing was done that must not be.

use chaos::event::{Answer, Event, Plan, Reached, Request, Work};

use crate::story::{Story, any, attempt, exclusive, failure, success};

#[test]
fn work_that_is_done_at_once_breaks_nothing() {
    let mut story = Story::begin();
    story
        .start_any("a")
        .at(10)
        .begin_attempt("a", 1, 2)
        .at(50)
        .succeed("a", 1, 2)
        .at(60)
        .get("a", success(1, 2));
    story.at(100).add(Event::Audit).get("a", success(1, 2));
    story.call(Request::List, 1, Answer::List { names: vec!["a".into()] }).is_sound();
}

#[test]
fn a_killed_worker_is_followed_by_another_that_goes_on_from_its_checkpoint() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).at(20).checkpoint("a", 1, 2, 4);
    // Its last checkpoint may be stored or not.
    story.at(30).add(Event::Checkpoint { attempt: attempt("a", 1, 2), number: 5 }).at(31).kill(2);
    let mut other = story.clone();
    story
        .at(4_000)
        .begin_from("a", 2, 3, Some(4))
        .at(4_100)
        .succeed("a", 2, 3)
        .get("a", success(2, 3))
        .is_sound();
    other
        .at(4_000)
        .begin_from("a", 2, 3, Some(5))
        .at(4_100)
        .succeed("a", 2, 3)
        .get("a", success(2, 3))
        .is_sound();
}

#[test]
fn a_process_that_stood_still_may_go_on_for_a_moment_when_its_end_counts_no_more() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).at(10).begin_attempt("a", 1, 2).at(20).add(Event::Pause { process: 2 });
    story.at(5_000).begin_attempt("a", 2, 3);
    story.at(8_000).add(Event::Resume { process: 2 }).at(8_100).reach(
        "a",
        1,
        2,
        Reached::Response("late".into()),
    );
    story.at(9_000).succeed("a", 2, 3).at(9_001).get("a", success(2, 3)).is_sound();
}

#[test]
fn work_of_one_key_follows_each_other() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).start("b", exclusive("k")).start("c", exclusive("other"));
    story.at(10).begin_attempt("a", 1, 2).begin_attempt("c", 1, 3).at(50).succeed("a", 1, 2);
    story.at(60).begin_attempt("b", 1, 3).at(70).kill(3);
    story.at(5_000).begin_attempt("b", 2, 2).at(5_100).succeed("b", 2, 2).get("b", success(2, 2)).is_sound();
}

#[test]
fn operations_end_for_the_reasons_that_were_given() {
    let mut story = Story::begin();
    let newer = Plan { preempts: true, ..exclusive("k") };
    story
        .start_any("cancelled")
        .cancel("cancelled")
        .get("cancelled", failure(1, "the operation was cancelled"));
    story.start("old", exclusive("k")).start("new", newer);
    story.get("old", failure(10, "the operation was pre-empted by new"));
    story.start("late", Plan { deadline: true, ..any() }).get("late", failure(4, "too late"));
    story.start("again", any());
    for number in 1..=3 {
        story.begin_attempt("again", number, 2).reach(
            "again",
            number,
            2,
            Reached::Retry(format!("not yet {number}")),
        );
    }
    story.get("again", failure(11, "not yet 3"));
    story.start("panics", any()).begin_attempt("panics", 1, 2).reach("panics", 1, 2, Reached::Panic);
    story.get("panics", failure(13, "the handler panicked"));
    let delegated = Plan { work: Work::Others, ..any() };
    story.start("others", delegated);
    let complete = |text: &str| Request::Complete { operation: "others".into(), text: text.into() };
    story.call(complete("x"), 1, Answer::Completion { applied: true });
    story.call(complete("y"), 1, Answer::Completion { applied: false });
    story.get("others", Some(chaos::event::Outcome::Response("x".into()))).is_sound();
}

#[test]
fn what_is_deleted_may_be_missing_and_its_request_may_start_another() {
    let mut story = Story::begin();
    story.start_any("a").at(10).delete("a").at(20);
    story.refuse(Request::Get { operation: "a".into() }, 5);
    let request = Request::Start { request_id: "request of a".into(), plan: any() };
    story.call(request, 1, Answer::Operation(crate::story::seen("b", None)));
    story
        .at(30)
        .cancel("b")
        .at(40)
        .add(Event::Audit)
        .get("b", failure(1, "the operation was cancelled"))
        .is_sound();
}

#[test]
fn calls_may_fail_while_a_process_or_the_store_is_in_trouble() {
    let mut story = Story::begin();
    story.start_any("a");
    story.at(1_000).add(Event::StoreDown { how: "killed".into(), of: "all".into() });
    story.refuse(Request::Get { operation: "a".into() }, 14);
    story.at(5_000).add(Event::StoreUp);
    story.at(40_000).add(Event::Kill { process: 1 });
    let wait = Request::Wait { operation: "a".into(), millis: 1_000 };
    story.call(wait, 10, Answer::Lost { why: "broken pipe".into() }).is_sound();
}
