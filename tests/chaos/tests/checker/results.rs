//! Outcomes that nobody has reached.

use chaos::check::Rule;
use chaos::event::{Answer, Outcome, Plan, Reached, Request, Work};

use crate::story::{Story, any, exclusive, failure, success};

#[test]
fn a_response_of_nobody() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).at(20).succeed("a", 1, 2);
    story.at(30).get("a", success(1, 3)).breaks(&[Rule::Results]);
}

#[test]
fn a_response_of_another_operation() {
    let mut story = Story::begin();
    story.start_any("a").start_any("b").at(10).begin_attempt("b", 1, 2).at(20).succeed("b", 1, 2);
    story.at(30).get("a", success(1, 2)).breaks(&[Rule::Results]);
}

#[test]
fn ends_without_their_reason() {
    let start = |plan: Plan| {
        let mut story = Story::begin();
        story.start("a", plan).at(10);
        story
    };
    start(any()).get("a", failure(1, "cancelled")).breaks(&[Rule::Results]);
    start(any()).get("a", failure(4, "too late")).breaks(&[Rule::Results]);
    start(any()).get("a", failure(13, "it panicked")).breaks(&[Rule::Results]);
    start(any()).get("a", failure(10, "another attempt has taken it over")).breaks(&[Rule::Results]);
    start(any()).get("a", failure(10, "pre-empted by b")).breaks(&[Rule::Results]);
    let mut story = start(exclusive("k"));
    story.start("b", exclusive("k")).at(20).get("a", failure(10, "pre-empted by b")).breaks(&[Rule::Results]);
}

#[test]
fn an_interruption_that_never_was() {
    let mut story = Story::begin();
    story.start_any("a").at(30_000).begin_attempt("a", 3, 2).at(30_010).reach("a", 3, 2, Reached::Stopped);
    story.at(90_000).get("a", failure(10, "begun 3 times and interrupted each time"));
    story.clone().breaks(&[Rule::Results]);
    story.at(30_020).kill(2).is_sound();
}

#[test]
fn an_error_that_was_to_be_tried_again() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).reach("a", 1, 2, Reached::Retry("not yet".into()));
    story.at(20).get("a", failure(11, "not yet")).breaks(&[Rule::Results]);
}

#[test]
fn a_completion_that_counted_and_is_not_the_outcome() {
    let mut story = Story::begin();
    story.start("a", Plan { work: Work::Others, ..any() });
    let complete = |text: &str| Request::Complete { operation: "a".into(), text: text.into() };
    story.call(complete("x"), 1, Answer::Completion { applied: true });
    story.call(complete("y"), 1, Answer::Completion { applied: false });
    story.get("a", Some(Outcome::Response("y".into()))).breaks(&[Rule::Results]);
}
