//! What the suite is told of a server.

use std::time::Duration;

use lro_conformance::{Request, Target, Timeouts};
use serde_json::json;

/// The target of a suite: a server at this address, with requests of all kinds, for the callers `alice` and `bob`.
pub fn target(address: &str) -> Target {
    let request = |millis: u32, code: i32| {
        let json = json!({"parent": "shelves/1", "text": "{{id}}", "millis": millis, "code": code});
        Request::new("conformance.jobs.v1.Jobs/RunJob", json)
    };
    let refused = Request::new("conformance.jobs.v1.Jobs/RunJob", json!({"text": "{{id}}"}));
    let mut timeouts = Timeouts::default();
    timeouts.wait = Duration::from_secs(1);
    // What a fault keeps from ending is not waited for longer than that.
    timeouts.end = Duration::from_secs(8);
    Target::new(address, request(20, 0))
        .failing_request(request(20, 9))
        .slow_request(request(1_500, 0))
        .long_request(request(600_000, 0))
        .refused_request(refused)
        .header("x-caller", "alice")
        .other_header("x-caller", "bob")
        .timeouts(timeouts)
}
