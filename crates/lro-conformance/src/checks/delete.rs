//! `DeleteOperation`.

use tonic::Code;

use super::unknown_beside;
use crate::check::{Check, check};
use crate::probe::{Kind, Probe, UNKNOWN, Verdict, ensure, fail, list_request};
use crate::source::Source::{Aip, GrpcCodes, Operations};
use crate::wire::Show as _;

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "delete/done",
        [Operations("DeleteOperation")],
        "an operation that is done can be deleted",
        done
    ),
    check!(
        Must,
        "delete/gone",
        [Operations("DeleteOperation"), Aip(135)],
        "an operation that was deleted cannot be read any more",
        gone
    ),
    check!(
        Must,
        "delete/again",
        [Aip(135)],
        "to delete it again is answered as for an operation that there is not",
        again
    ),
    check!(
        Must,
        "delete/not-listed",
        [Operations("DeleteOperation"), Aip(132)],
        "an operation that was deleted is not listed",
        not_listed
    ),
    check!(Must, "delete/others-stay", [Operations("DeleteOperation")], "other operations stay", others_stay),
    check!(
        Must,
        "delete/is-no-cancel",
        [Operations("DeleteOperation")],
        "to delete an operation that runs does not cancel it",
        no_cancel
    ),
    check!(
        Must,
        "delete/unknown",
        [Aip(135), Aip(211)],
        "an operation that there is not is answered as by GetOperation",
        unknown
    ),
    check!(
        Should,
        "delete/malformed-name",
        [Aip(193), GrpcCodes],
        "a malformed name is INVALID_ARGUMENT",
        malformed
    ),
];

/// The name of an operation that is done and was deleted.
async fn deleted(probe: &Probe<'_>) -> Verdict<String> {
    let operation = probe.server().ended(Kind::Quick).await?;
    probe.server().delete(&operation.name).await.ok()?;
    Ok(operation.name)
}

async fn done(probe: &Probe<'_>) -> Verdict {
    deleted(probe).await.map(drop)
}

async fn gone(probe: &Probe<'_>) -> Verdict {
    let name = deleted(probe).await?;
    probe.server().get(&name).await.refused(UNKNOWN).map(drop)
}

async fn again(probe: &Probe<'_>) -> Verdict {
    let name = deleted(probe).await?;
    probe.server().delete(&name).await.refused(UNKNOWN).map(drop)
}

async fn not_listed(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let name = deleted(probe).await?;
    let wanted: Vec<_> = collection.operations.iter().collect();
    let found = probe.server().list_all(&list_request(&collection.name), &wanted).await?;
    let listed = found.iter().find(|operation| operation.name == name);
    listed.map_or(Ok(()), |operation| Err(fail(format!("no {name}, which was deleted"), operation.show())))
}

async fn others_stay(probe: &Probe<'_>) -> Verdict {
    let other = probe.done().await?;
    deleted(probe).await?;
    let read = probe.server().get(&other.name).await.ok()?;
    ensure(read == *other, other.show(), read.show())
}

async fn no_cancel(probe: &Probe<'_>) -> Verdict {
    let operation = probe.running().await?;
    let server = probe.server();
    // A server may refuse to forget what runs.
    let answer = server.delete(&operation.name).await.ok_or_refused()?;
    let begin = tokio::time::Instant::now();
    loop {
        let read = server.get(&operation.name).await;
        match &read.result {
            Err(status) if answer.is_ok() && UNKNOWN.contains(&status.code()) => return Ok(()),
            Err(_) => read.ok().map(drop)?,
            Ok(read) => {
                let cancelled =
                    read.error.as_ref().is_some_and(|error| error.code == i32::from(Code::Cancelled));
                ensure(!cancelled, "an operation that is gone or still runs", read.show())?;
                // One that stays may only be on its way out.
                if begin.elapsed() > probe.timeouts().wait / 2 {
                    return Ok(());
                }
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn unknown(probe: &Probe<'_>) -> Verdict {
    let name = unknown_beside(&probe.done().await?.name);
    probe.server().delete(&name).await.refused(UNKNOWN).map(drop)
}

async fn malformed(probe: &Probe<'_>) -> Verdict {
    for name in ["", "operations//1"] {
        probe.server().delete(name).await.refused(&[Code::InvalidArgument])?;
    }
    Ok(())
}
