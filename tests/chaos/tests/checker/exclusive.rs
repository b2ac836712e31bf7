//! Work that overlaps with work that it excludes.

use chaos::check::{Compared, Rule, compared};
use chaos::event::{Event, Reached};

use crate::story::{Story, exclusive};

#[test]
fn two_operations_of_one_key_at_a_time() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).start("b", exclusive("k"));
    story.at(10).begin_attempt("a", 1, 2).at(50).begin_attempt("b", 1, 3).at(60).succeed("a", 1, 2);
    story.breaks(&[Rule::Exclusive]);
}

#[test]
fn one_that_runs_beside_several() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).start("b", exclusive("k")).start("c", exclusive("k"));
    story.at(10).begin_attempt("a", 1, 2).at(20).begin_attempt("b", 1, 3).at(30).succeed("b", 1, 3);
    story.at(40).begin_attempt("c", 1, 3).at(50).succeed("c", 1, 3).breaks(&[Rule::Exclusive]);
}

#[test]
fn two_attempts_of_an_exclusive_operation_at_a_time() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).at(10).begin_attempt("a", 1, 2).at(5_000).begin_attempt("a", 2, 3);
    story.breaks(&[Rule::Exclusive]);
}

#[test]
fn work_that_goes_on_long_after_its_process_stood_still() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).at(10).begin_attempt("a", 1, 2).at(20).add(Event::Pause { process: 2 });
    story.at(5_000).begin_attempt("a", 2, 3).at(6_000).add(Event::Resume { process: 2 });
    story.clone().at(7_000).reach("a", 1, 2, Reached::Stopped).is_sound();
    story.at(9_000).reach("a", 1, 2, Reached::Stopped).breaks(&[Rule::Exclusive]);
}

#[test]
fn attempts_of_any_operation_overlap_unless_the_run_is_strict() {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).at(5_000).begin_attempt("a", 2, 3);
    story.clone().is_sound();
    story
        .add(Event::Run { seed: 1, strict: true, lease: 4_000_000, poll: 2_000_000 })
        .breaks(&[Rule::Exclusive]);
}

#[test]
fn work_of_a_killed_process_ends_with_it() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).at(10).begin_attempt("a", 1, 2).at(20).kill(2);
    story.at(21).begin_attempt("a", 2, 3).is_sound();
}

#[test]
fn leases_end_early_when_the_clock_steps() {
    let mut story = Story::begin();
    story
        .start("a", exclusive("k"))
        .at(10)
        .begin_attempt("a", 1, 2)
        .at(20)
        .add(Event::ClockStep { micros: 9_000_000, took: 0 });
    story.at(500).begin_attempt("a", 2, 3);
    story.clone().at(1_000).reach("a", 1, 2, Reached::Stopped).is_sound();
    // From the next lease on, all is as ever.
    story.at(9_000).reach("a", 1, 2, Reached::Stopped).breaks(&[Rule::Exclusive]);
}

#[test]
fn a_step_that_took_its_time_ends_leases_from_its_beginning_on() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).at(10).begin_attempt("a", 1, 2).at(500).begin_attempt("a", 2, 3);
    story.at(1_000).reach("a", 1, 2, Reached::Stopped);
    let step = |took| Event::ClockStep { micros: 9_000_000, took };
    story.clone().at(2_000).add(step(1_600_000)).is_sound();
    story.at(2_000).add(step(900_000)).breaks(&[Rule::Exclusive]);
}

#[test]
fn it_is_counted_how_much_was_compared() {
    let mut story = Story::begin();
    story.start("a", exclusive("k")).start("b", exclusive("k")).start("c", exclusive("k"));
    story.start("other", exclusive("l")).start_any("any");
    story.at(10).begin_attempt("a", 1, 2).begin_attempt("other", 1, 3).begin_attempt("any", 1, 3);
    story.at(50).succeed("a", 1, 2).at(60).begin_attempt("b", 1, 3).at(70).add(Event::Pause { process: 3 });
    story.at(5_000).begin_attempt("b", 2, 2).at(5_100).succeed("b", 2, 2);
    story.at(9_000).add(Event::Resume { process: 3 }).at(9_001).reach("b", 1, 3, Reached::Lost);
    // Four of one key: each of the other three is compared with those before it.
    story.at(9_500).begin_attempt("c", 1, 2).at(9_600).succeed("c", 1, 2);
    assert_eq!(compared(&story.history()), Compared { pairs: 6, in_turn: 2, at_a_time: 1 });
    story.is_sound();
}
