//! `GetOperation`.

use tonic::Code;

use super::unknown_beside;
use crate::check::{Check, check};
use crate::probe::{Kind, Probe, UNKNOWN, Verdict, ensure, fail};
use crate::source::Source::{Aip, GrpcCodes, Operations};
use crate::wire::Show as _;

/// Names that cannot be those of operations.
const MALFORMED: &[&str] =
    &["", "operations/", "/operations/1", "operations//1", "operations/ 1", "operations/\u{0}", "?"];

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "get/latest-state",
        [Operations("GetOperation")],
        "once an operation is seen done, every later read sees it done",
        latest_state
    ),
    check!(
        Must,
        "get/unknown",
        [Aip(131), Aip(211)],
        "an operation that there is not is NOT_FOUND, or PERMISSION_DENIED where that looks the same",
        unknown
    ),
    check!(
        Must,
        "get/other-id",
        [Operations("GetOperation"), Aip(131)],
        "a name that only begins like that of an operation is not that operation",
        other_id
    ),
    check!(Should, "get/empty-name", [Aip(131), Aip(203)], "no name is INVALID_ARGUMENT", empty_name),
    check!(
        Must,
        "get/malformed-name-is-no-fault-of-the-server",
        [Aip(193), GrpcCodes],
        "a malformed name is answered with a code that blames the caller",
        malformed_blames
    ),
    check!(
        Should,
        "get/malformed-name",
        [Aip(193), GrpcCodes],
        "a malformed name is INVALID_ARGUMENT",
        malformed
    ),
    check!(
        Must,
        "get/over-long-name",
        [Aip(193), GrpcCodes],
        "a name of 100,000 characters is answered with a code that blames the caller",
        over_long
    ),
];

async fn latest_state(probe: &Probe<'_>) -> Verdict {
    let server = probe.server();
    let operation = server.started(Kind::Quick).await?;
    server.end_of(&operation.name).await?;
    let reads = (0..10).map(|_| async { server.get(&operation.name).await.ok() });
    for read in futures_util::future::try_join_all(reads).await? {
        ensure(read.done, "an operation that was seen done is done", read.show())?;
    }
    Ok(())
}

async fn unknown(probe: &Probe<'_>) -> Verdict {
    let name = unknown_beside(&probe.done().await?.name);
    probe.server().get(&name).await.refused(UNKNOWN).map(drop)
}

async fn other_id(probe: &Probe<'_>) -> Verdict {
    let name = &probe.done().await?.name;
    let last = name.chars().next_back().map_or(0, char::len_utf8);
    for other in [format!("{name}0"), name[..name.len() - last].to_owned()] {
        // The shorter one may be malformed, but it is never that operation.
        match probe.server().get(&other).await.ok_or_refused()? {
            Err(_) => {}
            Ok(operation) => return Err(fail(format!("{other} is no operation"), operation.show())),
        }
    }
    Ok(())
}

async fn empty_name(probe: &Probe<'_>) -> Verdict {
    probe.server().get("").await.refused(&[Code::InvalidArgument]).map(drop)
}

async fn malformed_blames(probe: &Probe<'_>) -> Verdict {
    for name in MALFORMED {
        if let Ok(operation) = probe.server().get(name).await.ok_or_refused()? {
            return Err(fail(format!("{name:?} is no operation"), operation.show()));
        }
    }
    Ok(())
}

async fn malformed(probe: &Probe<'_>) -> Verdict {
    for name in MALFORMED {
        probe.server().get(name).await.refused(&[Code::InvalidArgument])?;
    }
    Ok(())
}

async fn over_long(probe: &Probe<'_>) -> Verdict {
    let name = format!("operations/{}", "a".repeat(100_000));
    match probe.server().get(&name).await.ok_or_refused()? {
        Err(_) => Ok(()),
        Ok(operation) => Err(fail("a name that is too long is refused", operation.show())),
    }
}
