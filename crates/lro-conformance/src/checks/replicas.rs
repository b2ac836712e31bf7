//! Another replica of the same server knows the same operations.

use std::time::Duration;

use crate::check::{Check, check};
use crate::probe::{Kind, Probe, UNKNOWN, Verdict, ensure, fail, list_request};
use crate::source::Source::{Aip, Operations};
use crate::wire::{ListOperationsRequest, Show as _};

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "replicas/get",
        [Operations("GetOperation"), Operations("Operation.name")],
        "an operation can be read from another replica as soon as its name is known",
        get
    ),
    check!(
        Must,
        "replicas/same-state",
        [Operations("GetOperation")],
        "a done operation is the same there",
        same_state
    ),
    check!(
        Must,
        "replicas/wait",
        [Operations("WaitOperation")],
        "it can be waited for there until it is done",
        wait
    ),
    check!(
        Must,
        "replicas/cancel",
        [Operations("CancelOperation")],
        "it can be cancelled from there",
        cancel
    ),
    check!(Must, "replicas/list", [Operations("ListOperations")], "it is listed there", list),
    check!(
        Must,
        "replicas/delete",
        [Operations("DeleteOperation")],
        "what was deleted here is gone there",
        delete
    ),
    check!(
        Must,
        "replicas/page-token",
        [Aip(158)],
        "a page token of one replica is good on the other",
        token
    ),
    check!(
        Must,
        "replicas/request-id",
        [Aip(155)],
        "a request that is repeated there gives the first operation",
        request_id
    ),
];

async fn get(probe: &Probe<'_>) -> Verdict {
    let replica = probe.replica()?;
    let started = probe.server().started(Kind::Quick).await?;
    replica.get(&started.name).await.ok().map(drop)
}

async fn same_state(probe: &Probe<'_>) -> Verdict {
    let operation = probe.done().await?;
    let read = probe.replica()?.get(&operation.name).await.ok()?;
    ensure(read == *operation, operation.show(), read.show())
}

async fn wait(probe: &Probe<'_>) -> Verdict {
    let replica = probe.replica()?;
    let kind = if probe.request(Kind::Slow).is_ok() { Kind::Slow } else { Kind::Quick };
    let started = probe.server().started(kind).await?;
    let begin = tokio::time::Instant::now();
    loop {
        let answer = replica.wait(&started.name, probe.timeouts().end).await.ok()?;
        if answer.done {
            return Ok(());
        }
        let late = begin.elapsed() > probe.timeouts().end;
        ensure(!late, "the operation when it is done", answer.show())?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn cancel(probe: &Probe<'_>) -> Verdict {
    let replica = probe.replica()?;
    let running = probe.running().await?;
    replica.cancel(&running.name).await.ok()?;
    probe.server().end_of(&running.name).await.map(drop)
}

async fn list(probe: &Probe<'_>) -> Verdict {
    let replica = probe.replica()?;
    let collection = probe.collection().await?;
    let started = probe.server().started(Kind::Quick).await?;
    let found = replica.list_all(&list_request(&collection.name), &[&started]).await?;
    let listed = found.iter().any(|listed| listed.name == started.name);
    ensure(listed, format!("{} is listed", started.name), format!("it is not among {}", found.len()))
}

async fn delete(probe: &Probe<'_>) -> Verdict {
    let replica = probe.replica()?;
    let operation = probe.server().ended(Kind::Quick).await?;
    probe.server().delete(&operation.name).await.ok()?;
    replica.get(&operation.name).await.refused(UNKNOWN).map(drop)
}

async fn token(probe: &Probe<'_>) -> Verdict {
    let replica = probe.replica()?;
    let collection = probe.collection().await?;
    let request = ListOperationsRequest { page_size: 2, ..list_request(&collection.name) };
    let page = probe.server().page_with_token(&request).await?;
    let request = ListOperationsRequest { page_token: page.next_page_token, ..request };
    replica.list(&request).await.ok().map(drop)
}

async fn request_id(probe: &Probe<'_>) -> Verdict {
    let replica = probe.replica()?;
    let (method, message) = super::request_id::identified(probe, &super::request_id::new_id())?;
    let first = probe.server().start(method, &message).await.ok()?;
    let second = replica.start(method, &message).await.ok()?;
    if first.name == second.name {
        return Ok(());
    }
    Err(fail(format!("the operation {}", first.name), second.show()))
}
