//! Many callers at once.

use futures_util::future::{join_all, try_join_all};

use crate::check::{Check, check};
use crate::probe::{Kind, Probe, Verdict, ensure};
use crate::source::Source::Operations;
use crate::wire::Show as _;

/// How many wait.
const WAITERS: usize = 100;

/// On how many connections: intermediaries often let 100 calls at once through on one.
const CONNECTIONS: usize = 4;

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "concurrency/hundred-waiters",
        [Operations("WaitOperation")],
        "a hundred who wait for one operation all get its latest state",
        waiters
    ),
    check!(
        Should,
        "concurrency/read-while-others-wait",
        [Operations("GetOperation")],
        "an operation is read at once while a hundred wait for it",
        read_while_waiting
    ),
    check!(
        Must,
        "concurrency/same-end-for-all",
        [Operations("WaitOperation"), Operations("Operation.result")],
        "a hundred who wait for one operation all see the same end",
        same_end
    ),
    check!(
        Must,
        "concurrency/cancel-race",
        [Operations("CancelOperation"), Operations("Operation.result")],
        "of cancellations that race with the end one outcome is left, which does not change",
        cancel_race
    ),
];

async fn waiters(probe: &Probe<'_>) -> Verdict {
    let running = probe.running().await?;
    let server = probe.server();
    let connections: Vec<_> = (0..CONNECTIONS).map(|_| server.another_connection()).collect();
    let time = probe.timeouts().wait;
    let waits = (0..WAITERS).map(|at| server.on(&connections[at % CONNECTIONS]).wait(&running.name, time));
    for reply in join_all(waits).await {
        let answer = reply.ok_within(time + 2 * probe.timeouts().grace)?;
        ensure(answer.name == running.name, format!("the operation {}", running.name), answer.show())?;
    }
    Ok(())
}

async fn read_while_waiting(probe: &Probe<'_>) -> Verdict {
    let running = probe.running().await?;
    let server = probe.server();
    // Without such a method nobody can wait.
    server.wait(&running.name, std::time::Duration::ZERO).await.ok()?;
    let connections: Vec<_> = (0..CONNECTIONS).map(|_| server.another_connection()).collect();
    let waits = (0..WAITERS)
        .map(|at| server.on(&connections[at % CONNECTIONS]).wait(&running.name, probe.timeouts().wait));
    let read = async {
        tokio::time::sleep(probe.timeouts().wait / 4).await;
        server.get(&running.name).await
    };
    let (_, read) = tokio::join!(join_all(waits), read);
    read.ok_within(probe.timeouts().grace).map(drop)
}

async fn same_end(probe: &Probe<'_>) -> Verdict {
    let started = probe.server().started(Kind::Slow).await?;
    let server = probe.server();
    server.wait(&started.name, std::time::Duration::ZERO).await.ok()?;
    let connections: Vec<_> = (0..CONNECTIONS).map(|_| server.another_connection()).collect();
    let wait = |at: usize| {
        let (caller, name, end) =
            (server.on(&connections[at % CONNECTIONS]), &started.name, probe.timeouts().end);
        async move {
            let begin = tokio::time::Instant::now();
            loop {
                let answer = caller.wait(name, end).await.ok()?;
                if answer.done || begin.elapsed() > end {
                    return Ok(answer);
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    };
    let answers = try_join_all((0..WAITERS).map(wait)).await?;
    let read = server.end_of(&started.name).await?;
    for answer in answers {
        ensure(answer == read, read.show(), answer.show())?;
    }
    Ok(())
}

async fn cancel_race(probe: &Probe<'_>) -> Verdict {
    let server = probe.server();
    for _ in 0..5 {
        let started = server.started(Kind::Quick).await?;
        let (first, second) = tokio::join!(server.cancel(&started.name), server.cancel(&started.name));
        for reply in [first, second] {
            // Too late is no fault.
            reply.ok_or_refused()?.ok();
        }
        let ended = server.end_of(&started.name).await?;
        let one = ended.error.is_some() != ended.response.is_some();
        ensure(one, "an error or a response", ended.show())?;
        server.cancel(&started.name).await.ok_or_refused()?.ok();
        let read = server.get(&started.name).await.ok()?;
        ensure(read == ended, ended.show(), read.show())?;
    }
    Ok(())
}
