//! Requests that are only to be validated.

use prost_reflect::{DynamicMessage, Kind as FieldKind, Value};
use tonic::Code;

use crate::check::{Check, check};
use crate::connect::Method;
use crate::probe::{Kind, Probe, Verdict, ensure, fail, list_request, skip};
use crate::source::Source::Aip;
use crate::wire::Show as _;

const FIELD: &str = "validate_only";

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "validate-only/accepts",
        [Aip(163)],
        "a request that would be accepted is accepted, with an operation that does not run",
        accepts
    ),
    check!(
        Must,
        "validate-only/starts-nothing",
        [Aip(163)],
        "no operation is listed afterwards that was not before",
        starts_nothing
    ),
    check!(
        Must,
        "validate-only/refuses",
        [Aip(163)],
        "a request that would be refused is refused, with the same code",
        refuses
    ),
];

fn validated<'p>(probe: &'p Probe<'_>, kind: Kind) -> Verdict<(&'p Method, DynamicMessage)> {
    let (method, mut message) = probe.message(kind)?;
    if !method.has_field(FIELD, &FieldKind::Bool) {
        return Err(skip("the request has no field validate_only"));
    }
    message.set_field_by_name(FIELD, Value::Bool(true));
    Ok((method, message))
}

async fn accepts(probe: &Probe<'_>) -> Verdict {
    let (method, message) = validated(probe, Kind::Quick)?;
    let answer = probe.server().start(method, &message).await.ok()?;
    ensure(answer.done, "an operation that is done, as nothing runs", answer.show())?;
    if answer.name.is_empty() {
        return Ok(());
    }
    let read = probe.server().get(&answer.name).await;
    match read.result {
        Err(_) => Ok(()),
        Ok(read) => Err(fail("no operation of this name is kept", read.show())),
    }
}

async fn starts_nothing(probe: &Probe<'_>) -> Verdict {
    let (method, message) = validated(probe, Kind::Quick)?;
    let collection = probe.collection().await?;
    let request = list_request(&collection.name);
    let before = probe.server().list_all(&request, &[]).await?;
    probe.server().start(method, &message).await.ok()?;
    let after = probe.server().list_all(&request, &[]).await?;
    let new = after.iter().find(|operation| !before.iter().any(|before| before.name == operation.name));
    new.map_or(Ok(()), |new| Err(fail("no operation that was not there before", new.show())))
}

async fn refuses(probe: &Probe<'_>) -> Verdict {
    let (method, message) = validated(probe, Kind::Refused)?;
    let validated = probe.server().start(method, &message).await;
    let real = probe.server().try_start(Kind::Refused).await?;
    match (validated.result, real.result) {
        (Err(validated), Err(real)) => ensure(validated.code() == real.code(), real.show(), validated.show()),
        (Ok(operation), Err(real)) => Err(fail(real.show(), operation.show())),
        (_, Ok(operation)) => Err(fail(format!("an error, not {:?}", Code::Ok), operation.show())),
    }
}
