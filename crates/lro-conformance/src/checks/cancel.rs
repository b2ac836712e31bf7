//! `CancelOperation`.

use tonic::Code;

use super::unknown_beside;
use crate::check::{Check, check};
use crate::probe::{Probe, UNKNOWN, Verdict, ensure, fail};
use crate::source::Source::{Aip, GrpcCodes, Operations};
use crate::wire::{Operation, Show as _};

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "cancel/running",
        [Operations("CancelOperation")],
        "an operation that runs can be asked to stop",
        running
    ),
    check!(
        Should,
        "cancel/asynchronous",
        [Operations("CancelOperation")],
        "the answer does not wait until the operation has stopped",
        asynchronous
    ),
    check!(
        Should,
        "cancel/takes-effect",
        [Operations("CancelOperation")],
        "an operation that was cancelled ends soon",
        takes_effect
    ),
    check!(
        Must,
        "cancel/code",
        [Operations("CancelOperation")],
        "it ends with an error of code 1, CANCELLED, or well all the same",
        code
    ),
    check!(
        Must,
        "cancel/stays-readable",
        [Operations("CancelOperation")],
        "an operation that was cancelled is not deleted",
        stays_readable
    ),
    check!(Should, "cancel/again", [Operations("CancelOperation")], "to cancel again is no error", again),
    check!(
        Must,
        "cancel/done-is-unchanged",
        [Operations("CancelOperation"), Operations("Operation.done")],
        "to cancel an operation that is done changes nothing of it",
        done_is_unchanged
    ),
    check!(
        Should,
        "cancel/done",
        [Operations("CancelOperation")],
        "to cancel an operation that is done is no error",
        done
    ),
    check!(
        Must,
        "cancel/unknown",
        [Aip(131), Aip(211)],
        "an operation that there is not is answered as by GetOperation",
        unknown
    ),
    check!(
        Should,
        "cancel/malformed-name",
        [Aip(193), GrpcCodes],
        "a malformed name is INVALID_ARGUMENT",
        malformed
    ),
];

async fn running(probe: &Probe<'_>) -> Verdict {
    let operation = probe.running().await?;
    probe.server().cancel(&operation.name).await.ok()
}

async fn asynchronous(probe: &Probe<'_>) -> Verdict {
    let operation = probe.running().await?;
    probe.server().cancel(&operation.name).await.ok_within(probe.timeouts().grace)
}

/// An operation that was cancelled and has ended.
async fn cancelled(probe: &Probe<'_>) -> Verdict<Operation> {
    let operation = probe.running().await?;
    probe.server().cancel(&operation.name).await.ok()?;
    probe.server().end_of(&operation.name).await
}

async fn takes_effect(probe: &Probe<'_>) -> Verdict {
    cancelled(probe).await.map(drop)
}

async fn code(probe: &Probe<'_>) -> Verdict {
    let operation = cancelled(probe).await?;
    let stopped = operation.error.as_ref().is_some_and(|error| error.code == i32::from(Code::Cancelled));
    let succeeded = operation.error.is_none() && operation.response.is_some();
    ensure(stopped || succeeded, "an error of code 1, or a response", operation.show())
}

async fn stays_readable(probe: &Probe<'_>) -> Verdict {
    let operation = cancelled(probe).await?;
    let read = probe.server().get(&operation.name).await.ok()?;
    ensure(read == operation, operation.show(), read.show())
}

async fn again(probe: &Probe<'_>) -> Verdict {
    let operation = probe.running().await?;
    for _ in 0..3 {
        probe.server().cancel(&operation.name).await.ok()?;
    }
    Ok(())
}

async fn done_is_unchanged(probe: &Probe<'_>) -> Verdict {
    let before = probe.done().await?;
    // Whether it is an error is for another check.
    if let Err(status) = probe.server().cancel(&before.name).await.ok_or_refused()?
        && UNKNOWN.contains(&status.code())
    {
        return Err(fail("the operation is known, as it can be read", status.show()));
    }
    let after = probe.server().get(&before.name).await.ok()?;
    ensure(after == *before, before.show(), after.show())
}

async fn done(probe: &Probe<'_>) -> Verdict {
    probe.server().cancel(&probe.done().await?.name).await.ok()
}

async fn unknown(probe: &Probe<'_>) -> Verdict {
    let name = unknown_beside(&probe.done().await?.name);
    probe.server().cancel(&name).await.refused(UNKNOWN).map(drop)
}

async fn malformed(probe: &Probe<'_>) -> Verdict {
    for name in ["", "operations//1"] {
        probe.server().cancel(name).await.refused(&[Code::InvalidArgument])?;
    }
    Ok(())
}
