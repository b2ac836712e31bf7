//! How operations come to be.

use std::collections::HashSet;

use futures_util::future::try_join_all;
use tonic::Code;

use crate::check::{Check, check};
use crate::probe::{Kind, Probe, Verdict, ensure, fail};
use crate::source::Source::{Aip, GrpcCodes, Operations};
use crate::wire::Show as _;

/// How many operations are started at once.
const AT_ONCE: usize = 20;

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "start/named",
        [Operations("Operation.name")],
        "a start answers with an operation that has a name",
        named
    ),
    check!(
        Should,
        "start/name-ends-in-operations-id",
        [Operations("Operation.name"), Aip(151)],
        "the name ends in operations/{id}",
        ends_in_id
    ),
    check!(
        Must,
        "start/name-is-relative",
        [Aip(122)],
        "the name is a relative resource name: no leading or trailing slash, no empty segment, no scheme",
        is_relative
    ),
    check!(
        Should,
        "start/name-characters",
        [Aip(122)],
        "the name consists of characters that need no escaping in URLs",
        characters
    ),
    check!(
        Must,
        "start/names-are-unique",
        [Operations("Operation.name")],
        "operations that are started at the same time have different names",
        unique
    ),
    check!(
        Must,
        "start/readable-at-once",
        [Operations("GetOperation"), Aip(151)],
        "an operation can be read as soon as its name is known",
        readable_at_once
    ),
    check!(
        Must,
        "start/readable-at-once-under-load",
        [Operations("GetOperation"), Aip(151)],
        "so it is when many are started at once",
        readable_under_load
    ),
    check!(
        Must,
        "start/same-name-when-read",
        [Operations("Operation.name")],
        "an operation is read under the name that the start gave",
        same_name
    ),
    check!(
        Must,
        "start/refusal-is-an-error",
        [Aip(151)],
        "what keeps an operation from starting is the error of the RPC, and no operation",
        refused
    ),
    check!(
        Should,
        "start/refusal-blames-the-caller",
        [Aip(193), GrpcCodes],
        "the code of a refused request says that the request is wrong",
        refusal_code
    ),
];

async fn named(probe: &Probe<'_>) -> Verdict {
    probe.server().started(Kind::Quick).await.map(drop)
}

async fn ends_in_id(probe: &Probe<'_>) -> Verdict {
    let name = &probe.done().await?.name;
    let mut segments = name.rsplit('/');
    let (id, collection) = (segments.next().unwrap_or_default(), segments.next());
    ensure(!id.is_empty() && collection == Some("operations"), "a name that ends in operations/{id}", name)
}

async fn is_relative(probe: &Probe<'_>) -> Verdict {
    let name = &probe.done().await?.name;
    ensure(
        !name.contains("://") && name.split('/').all(|segment| !segment.is_empty()),
        "a relative resource name, such as shelves/1/operations/2",
        name,
    )
}

async fn characters(probe: &Probe<'_>) -> Verdict {
    let name = &probe.done().await?.name;
    let plain = |char: char| char.is_ascii_alphanumeric() || "-._~/".contains(char);
    ensure(name.chars().all(plain), "a name of ASCII letters, digits and -._~/", name)
}

async fn unique(probe: &Probe<'_>) -> Verdict {
    let operations = probe.server().several(AT_ONCE).await?;
    let names: HashSet<_> = operations.iter().map(|operation| &operation.name).collect();
    ensure(
        names.len() == AT_ONCE,
        format!("{AT_ONCE} operations have {AT_ONCE} names"),
        format!("they have {} names", names.len()),
    )
}

async fn readable_at_once(probe: &Probe<'_>) -> Verdict {
    let operation = probe.server().started(Kind::Quick).await?;
    probe.server().get(&operation.name).await.ok().map(drop)
}

async fn readable_under_load(probe: &Probe<'_>) -> Verdict {
    let server = probe.server();
    let read = || async move {
        let operation = server.started(Kind::Quick).await?;
        server.get(&operation.name).await.ok()
    };
    try_join_all((0..AT_ONCE).map(|_| read())).await.map(drop)
}

async fn same_name(probe: &Probe<'_>) -> Verdict {
    let operation = probe.server().started(Kind::Quick).await?;
    let read = probe.server().get(&operation.name).await.ok()?;
    ensure(read.name == operation.name, format!("the name {}", operation.name), read.show())
}

async fn refused(probe: &Probe<'_>) -> Verdict {
    match probe.server().try_start(Kind::Refused).await?.result {
        Err(status) if status.code() != Code::Ok => Ok(()),
        Err(status) => Err(fail("an error that is not OK", status.show())),
        Ok(operation) => Err(fail("the RPC of --refused-request has an error", operation.show())),
    }
}

async fn refusal_code(probe: &Probe<'_>) -> Verdict {
    let answer = probe.server().try_start(Kind::Refused).await?.ok_or_refused()?;
    match answer {
        Err(_) => Ok(()),
        Ok(operation) => Err(fail("the RPC of --refused-request has an error", operation.show())),
    }
}
