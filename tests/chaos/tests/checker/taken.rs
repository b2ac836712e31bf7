//! Work that is taken from processes that are well.

use chaos::check::Rule;
use chaos::event::{Event, Reached};

use crate::story::{Story, attempt, success};

/// An attempt that has run for a while.
fn running() -> Story {
    let mut story = Story::begin();
    story.start_any("a").at(30_000).begin_attempt("a", 1, 2).at(31_000);
    story
}

#[test]
fn an_outcome_that_was_reached_and_thrown_away() {
    let mut story = running();
    story.succeed("a", 1, 2).at(60_000).begin_attempt("a", 2, 3);
    story.clone().breaks(&[Rule::Taken]);
    // The store was away for long, and others had the operation before it was back.
    story.at(30_000).add(Event::StoreDown { how: "killed".into(), of: "all".into() });
    story.at(55_000).add(Event::StoreUp).is_sound();
}

#[test]
fn an_outcome_that_was_reached_and_is_not_there() {
    let mut story = running();
    story.succeed("a", 1, 2).at(40_000);
    story.clone().get("a", None).is_sound();
    story.at(45_000).get("a", None).breaks(&[Rule::Taken]);
}

#[test]
fn an_attempt_that_is_told_that_it_is_lost() {
    let mut story = running();
    story.reach("a", 1, 2, Reached::Lost);
    story.clone().breaks(&[Rule::Taken]);
    story.at(25_000).add(Event::Pause { process: 2 }).at(29_000).add(Event::Resume { process: 2 }).is_sound();
}

#[test]
fn work_that_is_dropped_for_no_reason() {
    let mut story = running();
    story.add(Event::Drop { attempt: attempt("a", 1, 2) });
    story.clone().breaks(&[Rule::Taken]);
    story.at(30_500).cancel("a").is_sound();
    let mut story = running();
    story.succeed("a", 1, 2).get("a", success(1, 2)).is_sound();
}
