//! Lost operations, and answers about them.

use chaos::check::Rule;
use chaos::event::{Answer, Event, Request};

use crate::story::{Story, any, failure, seen, success};

/// An operation that has succeeded.
fn done() -> Story {
    let mut story = Story::begin();
    story.start_any("a").at(10).begin_attempt("a", 1, 2).at(20).succeed("a", 1, 2).at(30);
    story
}

#[test]
fn an_operation_that_was_acknowledged_and_is_not_there() {
    done().add(Event::Audit).breaks(&[Rule::Lost]);
}

#[test]
fn an_operation_that_does_not_end() {
    done().add(Event::Audit).get("a", None).breaks(&[Rule::Lost]);
}

#[test]
fn an_operation_that_is_not_found() {
    done().refuse(Request::Get { operation: "a".into() }, 5).breaks(&[Rule::Lost]);
    done().refuse(Request::Cancel { operation: "a".into() }, 5).breaks(&[Rule::Lost]);
}

#[test]
fn an_operation_that_is_not_in_the_list_or_there_twice() {
    let mut story = done();
    story.add(Event::Audit).get("a", success(1, 2));
    let list = |names: &[&str]| Answer::List { names: names.iter().map(|name| (*name).to_owned()).collect() };
    story.clone().call(Request::List, 1, list(&[])).breaks(&[Rule::Lost]);
    story.clone().call(Request::List, 1, list(&["a", "a"])).breaks(&[Rule::Lost]);
    story.call(Request::List, 1, list(&["a", "b"])).is_sound();
}

#[test]
fn an_operation_that_comes_back() {
    done().delete("a").at(50).get("a", success(1, 2)).breaks(&[Rule::Lost]);
}

#[test]
fn a_request_that_starts_two_operations() {
    let again = Request::Start { request_id: "request of a".into(), plan: any() };
    done().call(again, 1, Answer::Operation(seen("b", None))).breaks(&[Rule::Requests]);
    let mut story = done();
    let attempt = crate::story::attempt("b", 1, 3);
    let begin =
        Event::Begin { attempt, max_attempts: 3, request_id: "request of a".into(), checkpoint: None };
    story.add(begin).breaks(&[Rule::Requests]);
}

#[test]
fn a_request_that_was_refused_and_starts_an_operation() {
    let mut story = Story::begin();
    let start = Request::Start { request_id: "request of b".into(), plan: any() };
    story.refuse(start.clone(), 10).at(10).begin_attempt("b", 1, 2).breaks(&[Rule::Requests]);
    // If one of the tries may have had an effect, that one may have started it.
    let mut story = Story::begin();
    story.kill(1).call(start.clone(), 1, Answer::Lost { why: "killed".into() });
    story.refuse(start, 10).at(10).begin_attempt("b", 1, 2).is_sound();
}

#[test]
fn an_operation_of_two_requests() {
    let mut story = done();
    let other = Request::Start { request_id: "another".into(), plan: any() };
    story.call(other, 1, Answer::Operation(seen("a", None))).breaks(&[Rule::Requests]);
}

#[test]
fn answers_that_no_call_may_have() {
    done().refuse(Request::Get { operation: "a".into() }, 14).breaks(&[Rule::Answers]);
    done().refuse(Request::Get { operation: "a".into() }, 13).breaks(&[Rule::Answers]);
    done().refuse(Request::Cancel { operation: "a".into() }, 10).breaks(&[Rule::Answers]);
    let lost = Answer::Lost { why: "no answer".into() };
    done().call(Request::Get { operation: "a".into() }, 1, lost).breaks(&[Rule::Answers]);
    let other = Answer::Operation(seen("b", None));
    done().call(Request::Get { operation: "a".into() }, 1, other).breaks(&[Rule::Answers]);
}

#[test]
fn a_cancellation_that_keeps_nothing_from_beginning() {
    let mut story = Story::begin();
    story.start_any("a").cancel("a").at(20_000).begin_attempt("a", 1, 2);
    story.at(20_010).reach("a", 1, 2, chaos::event::Reached::Stopped).get("a", failure(1, "cancelled"));
    story.clone().breaks(&[Rule::Cancels]);
    // A process that stood still was given it before.
    story.at(5_000).add(Event::Pause { process: 2 }).at(19_900).add(Event::Resume { process: 2 }).is_sound();
}
