//! What a second identity must not see of the operations of the first.

use tonic::Code;

use super::unknown_beside;
use crate::check::{Check, check};
use crate::probe::{Probe, UNKNOWN, Verdict, ensure, fail, list_request};
use crate::source::Source::{Aip, Operations};
use crate::wire::{ErrorInfo, ListOperationsRequest, Show as _, Status};

pub(super) const CHECKS: &[Check] = &[
    check!(Must, "access/get", [Aip(211)], "somebody else cannot read the operation", get),
    check!(Must, "access/wait", [Aip(211)], "nor wait for it", wait),
    check!(Must, "access/cancel", [Aip(211)], "nor cancel it: it goes on", cancel),
    check!(Must, "access/delete", [Aip(211)], "nor delete it: it stays", delete),
    check!(Must, "access/list", [Aip(211), Operations("ListOperations")], "nor find it in a list", list),
    check!(Must, "access/page-token", [Aip(158)], "nor find it by a page token of its owner's", token),
    check!(
        Must,
        "access/hides-existence",
        [Aip(211)],
        "an operation of somebody else and one that there is not are answered alike",
        hides
    ),
    check!(
        Must,
        "access/no-request-id-of-others",
        [Aip(155), Aip(211)],
        "a request id of somebody else's gives no operation of theirs",
        request_id
    ),
];

async fn get(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    other.get(&probe.done().await?.name).await.refused(UNKNOWN).map(drop)
}

async fn wait(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    other.wait(&probe.done().await?.name, probe.timeouts().wait).await.refused(UNKNOWN).map(drop)
}

async fn cancel(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    let running = probe.running().await?;
    other.cancel(&running.name).await.refused(UNKNOWN)?;
    tokio::time::sleep(probe.timeouts().wait / 4).await;
    let read = probe.server().get(&running.name).await.ok()?;
    ensure(!read.done, "an operation that still runs", read.show())
}

async fn delete(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    let operation = probe.done().await?;
    other.delete(&operation.name).await.refused(UNKNOWN)?;
    let read = probe.server().get(&operation.name).await.ok()?;
    ensure(read == *operation, operation.show(), read.show())
}

async fn list(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    let collection = probe.collection().await?;
    let reply = other.list(&list_request(&collection.name)).await;
    none_of_ours(probe, reply.ok_or_refused()?.ok().map(|page| page.operations).unwrap_or_default()).await?;
    // A list may be refused as a whole; if it is not, no page has any.
    match other.list_all(&list_request(&collection.name), &[]).await {
        Ok(found) => none_of_ours(probe, found).await,
        Err(_) => Ok(()),
    }
}

async fn none_of_ours(probe: &Probe<'_>, found: Vec<crate::wire::Operation>) -> Verdict {
    let collection = probe.collection().await?;
    let ours = found.iter().find(|found| collection.operations.iter().any(|ours| ours.name == found.name));
    ours.map_or(Ok(()), |ours| Err(fail("none of the operations of the first identity", ours.show())))
}

async fn token(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    let collection = probe.collection().await?;
    let request = ListOperationsRequest { page_size: 2, ..list_request(&collection.name) };
    let page = probe.server().page_with_token(&request).await?;
    let request = ListOperationsRequest { page_token: page.next_page_token, ..request };
    match other.list(&request).await.ok_or_refused()? {
        Err(_) => Ok(()),
        Ok(page) => none_of_ours(probe, page.operations).await,
    }
}

async fn hides(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    let theirs = &probe.done().await?.name;
    let nobodys = unknown_beside(theirs);
    let denied = other.get(theirs).await.refused(UNKNOWN)?;
    let missing = other.get(&nobodys).await.refused(UNKNOWN)?;
    let alike = |status: &tonic::Status, name: &str| {
        let details = <Status as prost::Message>::decode(status.details()).unwrap_or_default();
        let reasons: Vec<_> =
            details.find::<ErrorInfo>().into_iter().flatten().map(|info| info.reason).collect();
        (status.code(), status.message().replace(name, "…"), reasons)
    };
    let (denied, missing) = (alike(&denied, theirs), alike(&missing, &nobodys));
    ensure(denied == missing, format!("{missing:?}, as for one that there is not"), format!("{denied:?}"))
}

async fn request_id(probe: &Probe<'_>) -> Verdict {
    let other = probe.other()?;
    let (method, message) = super::request_id::identified(probe, &super::request_id::new_id())?;
    let ours = probe.server().start(method, &message).await.ok()?;
    let theirs = other.start(method, &message).await;
    match theirs.result {
        Err(status) if status.code() == Code::InvalidArgument => {
            Err(fail("an answer that does not tell of the first identity's request", status.show()))
        }
        Err(_) => Ok(()),
        Ok(theirs) => ensure(theirs.name != ours.name, "another operation", theirs.show()),
    }
}
