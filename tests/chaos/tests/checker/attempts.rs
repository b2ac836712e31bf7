//! Attempts that must not be, and checkpoints that are lost.

use chaos::check::Rule;
use chaos::event::{Event, Plan, Work};

use crate::story::{Story, any, attempt};

#[test]
fn an_attempt_beyond_the_limit() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 3, 2);
    story.clone().is_sound();
    story.kill(2).at(9_000).begin_attempt("a", 4, 3).breaks(&[Rule::Attempts]);
}

#[test]
fn one_attempt_that_begins_twice() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).begin_attempt("a", 1, 3).breaks(&[Rule::Attempts]);
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).begin_attempt("a", 1, 2).breaks(&[Rule::Sound]);
}

#[test]
fn another_limit_than_was_asked_for() {
    let mut story = Story::begin();
    story
        .start("a", Plan { max_attempts: 2, ..any() })
        .at(10)
        .begin_attempt("a", 1, 2)
        .breaks(&[Rule::Attempts]);
}

#[test]
fn a_handler_that_begins_what_others_finish() {
    let mut story = Story::begin();
    story
        .start("a", Plan { work: Work::Others, ..any() })
        .at(10)
        .begin_attempt("a", 1, 2)
        .breaks(&[Rule::Attempts]);
}

#[test]
fn a_handler_that_goes_on_without_having_begun() {
    let mut story = Story::begin();
    story.start_any("a").succeed("a", 1, 2).breaks(&[Rule::Sound]);
}

#[test]
fn a_checkpoint_that_was_acknowledged_and_is_lost() {
    let mut story = Story::begin();
    story
        .start_any("a")
        .at(10)
        .begin_attempt("a", 1, 2)
        .checkpoint("a", 1, 2, 1)
        .checkpoint("a", 1, 2, 2)
        .kill(2);
    story.at(9_000);
    story.clone().begin_from("a", 2, 3, Some(2)).is_sound();
    story.clone().begin_from("a", 2, 3, Some(1)).breaks(&[Rule::Checkpoints]);
    story.begin_from("a", 2, 3, None).breaks(&[Rule::Checkpoints]);
}

#[test]
fn a_checkpoint_of_an_attempt_before_the_last_is_not_forgotten() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).checkpoint("a", 1, 2, 1).kill(2);
    story.at(9_000).begin_from("a", 2, 3, Some(1)).kill(3).at(19_000);
    story.clone().begin_from("a", 3, 1, Some(1)).is_sound();
    story.begin_from("a", 3, 1, None).breaks(&[Rule::Checkpoints]);
}

#[test]
fn a_checkpoint_that_nobody_has_made() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_from("a", 1, 2, Some(1)).breaks(&[Rule::Checkpoints]);
}

#[test]
fn a_checkpoint_of_an_attempt_that_was_taken_over() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).at(20).add(Event::Pause { process: 2 });
    story.at(5_000).begin_attempt("a", 2, 3).at(5_010).checkpoint("a", 2, 3, 1);
    story.at(6_000).add(Event::Resume { process: 2 });
    story.add(Event::Checkpoint { attempt: attempt("a", 1, 2), number: 9 }).at(6_010).kill(3);
    story.at(9_000);
    story.clone().begin_from("a", 3, 1, Some(1)).is_sound();
    // It was told that it is stored, though the operation was not its own any more.
    story.add(Event::Checkpointed { attempt: attempt("a", 1, 2), number: 9 });
    story.clone().breaks(&[Rule::Stale]);
    story.begin_from("a", 3, 1, Some(9)).breaks(&[Rule::Checkpoints, Rule::Stale]);
}
