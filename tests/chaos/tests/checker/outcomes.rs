//! Outcomes that change, and writes of attempts that others have taken over.

use chaos::check::Rule;
use chaos::event::{Answer, Event, Plan, Request, Seen, Work};

use crate::story::{Story, any, done, failure, seen, success};

#[test]
fn an_outcome_that_changes() {
    done().at(50).get("a", failure(5, "something else")).breaks(&[Rule::Outcomes]);
}

#[test]
fn an_operation_that_is_done_no_more() {
    done().at(50).get("a", None).breaks(&[Rule::Outcomes]);
}

#[test]
fn progress_that_changes_when_the_operation_is_done() {
    let later = Seen { progress: Some((1, 7)), ..seen("a", success(1, 2)) };
    done().at(50).get_with(later).breaks(&[Rule::Outcomes]);
}

#[test]
fn two_completions_that_count() {
    let mut story = Story::begin();
    story.start("a", Plan { work: Work::Others, ..any() });
    let complete = || Request::Complete { operation: "a".into(), text: "x".into() };
    story.call(complete(), 1, Answer::Completion { applied: true });
    story.call(complete(), 1, Answer::Completion { applied: true }).breaks(&[Rule::Outcomes]);
}

#[test]
fn an_outcome_of_an_attempt_that_was_taken_over() {
    let mut story = Story::begin();
    story
        .start_any("a")
        .at(10)
        .begin_attempt("a", 1, 2)
        .at(20)
        .add(chaos::event::Event::Pause { process: 2 });
    story.at(5_000).begin_attempt("a", 2, 3).add(chaos::event::Event::Resume { process: 2 });
    story.at(5_010).succeed("a", 1, 2).at(5_020).get("a", success(1, 2)).breaks(&[Rule::Stale]);
}

#[test]
fn an_attempt_that_begins_when_the_operation_has_ended() {
    let mut story = done();
    story.kill(2).at(6_000).begin_attempt("a", 2, 3).at(6_010).succeed("a", 2, 3).breaks(&[Rule::Stale]);
}

#[test]
fn progress_of_an_attempt_that_was_taken_over() {
    let with = |attempt| Seen { progress: Some((attempt, 1)), ..seen("a", None) };
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).kill(2).at(5_000).begin_attempt("a", 2, 3);
    story.at(5_010).get_with(with(2)).at(5_020);
    story.clone().get_with(with(2)).is_sound();
    story.get_with(with(1)).breaks(&[Rule::Stale]);
}

#[test]
fn progress_may_go_with_a_server_that_crashes() {
    let with = |attempt| Seen { progress: Some((attempt, 1)), ..seen("a", None) };
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).get_with(with(1)).kill(2);
    story.at(5_000).begin_attempt("a", 2, 3).get_with(with(2));
    story.clone().at(5_020).add(Event::Crash).at(5_030).get_with(with(1)).is_sound();
    story.at(5_030).get_with(with(1)).at(5_040).add(Event::Crash).breaks(&[Rule::Stale]);
}
