//! Requests with an id, which may be repeated.

use futures_util::future::join_all;
use prost_reflect::{DynamicMessage, Kind as FieldKind, Value};
use tonic::Code;

use crate::check::{Check, check};
use crate::connect::Method;
use crate::probe::{Kind, Probe, Verdict, ensure, skip};
use crate::source::Source::Aip;
use crate::wire::Show as _;

const FIELD: &str = "request_id";

/// How many repeat a request at once.
const AT_ONCE: usize = 10;

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "request-id/repeat",
        [Aip(155)],
        "a repeated request starts nothing: the answer is the first operation",
        repeat
    ),
    check!(
        Must,
        "request-id/repeat-when-done",
        [Aip(155)],
        "so it is when that operation is done",
        repeat_when_done
    ),
    check!(
        Must,
        "request-id/at-once",
        [Aip(155)],
        "requests with one id that come at the same time start one operation",
        at_once
    ),
    check!(Must, "request-id/another-id", [Aip(155)], "another id is another request", another_id),
    check!(
        Must,
        "request-id/optional",
        [Aip(155)],
        "a request without an id is accepted, and each is another one",
        optional
    ),
    check!(
        Should,
        "request-id/another-payload",
        [Aip(155)],
        "the same id with another request is INVALID_ARGUMENT",
        another_payload
    ),
];

/// The method and a request of its own, with an id.
pub(super) fn identified<'p>(probe: &'p Probe<'_>, id: &str) -> Verdict<(&'p Method, DynamicMessage)> {
    let (method, mut message) = probe.message(Kind::Quick)?;
    if !method.has_field(FIELD, &FieldKind::String) {
        return Err(skip("the request has no field request_id"));
    }
    message.set_field_by_name(FIELD, Value::String(id.to_owned()));
    Ok((method, message))
}

pub(super) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

async fn repeat(probe: &Probe<'_>) -> Verdict {
    let (method, message) = identified(probe, &new_id())?;
    let first = probe.server().start(method, &message).await.ok()?;
    let second = probe.server().start(method, &message).await.ok()?;
    ensure(first.name == second.name, format!("the operation {}", first.name), second.show())
}

async fn repeat_when_done(probe: &Probe<'_>) -> Verdict {
    let (method, message) = identified(probe, &new_id())?;
    let first = probe.server().start(method, &message).await.ok()?;
    probe.server().end_of(&first.name).await?;
    let second = probe.server().start(method, &message).await.ok()?;
    ensure(first.name == second.name, format!("the operation {}", first.name), second.show())
}

async fn at_once(probe: &Probe<'_>) -> Verdict {
    let (method, message) = identified(probe, &new_id())?;
    let starts = join_all((0..AT_ONCE).map(|_| probe.server().start(method, &message))).await;
    let mut names = Vec::new();
    for start in starts {
        // One that comes too close may be told to try again.
        match &start.result {
            Err(status)
                if matches!(status.code(), Code::Aborted | Code::Unavailable | Code::AlreadyExists) => {}
            _ => names.push(start.ok()?.name),
        }
    }
    names.sort_unstable();
    names.dedup();
    ensure(names.len() == 1, "one operation", names.join(", "))
}

async fn another_id(probe: &Probe<'_>) -> Verdict {
    let (method, mut message) = identified(probe, &new_id())?;
    let first = probe.server().start(method, &message).await.ok()?;
    probe.server().end_of(&first.name).await?;
    message.set_field_by_name(FIELD, Value::String(new_id()));
    let second = probe.server().start(method, &message).await;
    // What the request makes may be there already.
    if let Err(status) = &second.result
        && matches!(status.code(), Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted)
    {
        return Ok(());
    }
    let second = second.ok()?;
    ensure(first.name != second.name, "another operation", second.show())
}

async fn optional(probe: &Probe<'_>) -> Verdict {
    let (method, mut first) = identified(probe, "")?;
    first.clear_field_by_name(FIELD);
    let (_, mut second) = identified(probe, "")?;
    second.clear_field_by_name(FIELD);
    let first = probe.server().start(method, &first).await.ok()?;
    let second = probe.server().start(method, &second).await.ok()?;
    ensure(first.name != second.name, "another operation", second.show())
}

async fn another_payload(probe: &Probe<'_>) -> Verdict {
    let id = new_id();
    let (method, first) = identified(probe, &id)?;
    let (_, second) = identified(probe, &id)?;
    if !probe.request(Kind::Quick)?.varies() {
        return Err(skip("put {{id}} into --request, so that requests differ"));
    }
    probe.server().start(method, &first).await.ok()?;
    probe.server().start(method, &second).await.refused(&[Code::InvalidArgument]).map(drop)
}
