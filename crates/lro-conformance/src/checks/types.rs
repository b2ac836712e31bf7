//! What operations hold is what the API says they hold.

use std::future::{Ready, ready};

use prost_types::Any;

use crate::check::{Check, check};
use crate::connect::type_name;
use crate::probe::{Kind, Probe, Verdict, ensure, fail, skip};
use crate::source::Source::{Aip, Any as AnyProto, Operations};
use crate::wire::{Operation, Show as _};

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "types/annotated",
        [Operations("operation_info"), Aip(151)],
        "the method has operation_info, with both types",
        annotated
    ),
    check!(
        Must,
        "types/response",
        [Operations("OperationInfo.response_type"), Aip(151)],
        "the response is of the type that operation_info names",
        response
    ),
    check!(
        Must,
        "types/metadata",
        [Operations("OperationInfo.metadata_type"), Aip(151)],
        "metadata is of the type that operation_info names",
        metadata
    ),
    check!(
        Must,
        "types/metadata-while-running",
        [Operations("OperationInfo.metadata_type"), Aip(151)],
        "so it is while the operation runs",
        metadata_while_running
    ),
    check!(Must, "types/urls", [AnyProto], "a type URL ends in a slash and the full name of a message", urls),
    check!(
        Must,
        "types/bytes",
        [AnyProto, Operations("Operation.response")],
        "the bytes in an operation are those of the type beside them",
        bytes
    ),
];

fn annotated(probe: &Probe<'_>) -> Ready<Verdict> {
    let method = probe.session().descriptors.method(probe.target().request.method());
    let seen = format!("response_type: {:?}, metadata_type: {:?}", method.response, method.metadata);
    let whole = method.response.is_some() && method.metadata.is_some();
    ready(ensure(
        whole,
        format!("google.longrunning.operation_info of {}, with both types", method.name),
        seen,
    ))
}

async fn response(probe: &Probe<'_>) -> Verdict {
    let operation = probe.done().await?;
    let method = probe.session().descriptors.method(probe.target().request.method());
    let response = method.response.as_deref().ok_or_else(|| skip("the method has no operation_info"))?;
    let any = operation.response.as_ref().ok_or_else(|| fail("a response", operation.show()))?;
    is_a(any, response, operation)
}

async fn metadata(probe: &Probe<'_>) -> Verdict {
    metadata_of(probe, Kind::Quick, probe.done().await?)
}

async fn metadata_while_running(probe: &Probe<'_>) -> Verdict {
    let started = probe.running().await?;
    metadata_of(probe, Kind::Long, &started)?;
    metadata_of(probe, Kind::Long, &probe.server().get(&started.name).await.ok()?)
}

fn metadata_of(probe: &Probe<'_>, kind: Kind, operation: &Operation) -> Verdict {
    let method = probe.session().descriptors.method(probe.request(kind)?.method());
    let metadata = method.metadata.as_deref().ok_or_else(|| skip("the method has no operation_info"))?;
    // An operation need not tell anything.
    operation.metadata.as_ref().map_or(Ok(()), |any| {
        is_a(any, metadata, operation)?;
        opens(probe, any, operation)
    })
}

fn is_a(any: &Any, name: &str, operation: &Operation) -> Verdict {
    // Where the annotation says Any, everything is right.
    let right = name == "google.protobuf.Any" || type_name(&any.type_url) == name;
    ensure(right, format!("a message {name}"), operation.show())
}

async fn urls(probe: &Probe<'_>) -> Verdict {
    let operation = probe.done().await?;
    for any in contents(operation) {
        let name = any.type_url.rsplit_once('/').map(|(_, name)| name);
        let well_formed = name.is_some_and(|name| name.split('.').all(is_identifier));
        ensure(well_formed, "a type URL like type.googleapis.com/package.Message", any.type_url.clone())?;
    }
    Ok(())
}

fn is_identifier(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|char| char.is_ascii_alphanumeric() || char == '_')
}

async fn bytes(probe: &Probe<'_>) -> Verdict {
    let operation = probe.done().await?;
    contents(operation).try_for_each(|any| opens(probe, any, operation))
}

fn contents(operation: &Operation) -> impl Iterator<Item = &Any> {
    operation.metadata.iter().chain(&operation.response)
}

/// The bytes can be read as the message, and hold nothing that it has no field for.
fn opens(probe: &Probe<'_>, any: &Any, operation: &Operation) -> Verdict {
    let demand = || format!("the bytes of {}", type_name(&any.type_url));
    match probe.session().descriptors.open(any) {
        Ok(None) => Ok(()),
        Ok(Some(message)) => match message.unknown_fields().next() {
            None => Ok(()),
            Some(field) => {
                let seen =
                    format!("a field {} that it does not have, in {}", field.number(), operation.show());
                Err(fail(demand(), seen))
            }
        },
        Err(why) => Err(fail(demand(), format!("{why}, in {}", operation.show()))),
    }
}
