//! `WaitOperation`.

use std::time::{Duration, Instant};

use tonic::Code;

use super::unknown_beside;
use crate::check::{Check, check};
use crate::probe::{Kind, Probe, UNKNOWN, Verdict, ensure, fail};
use crate::source::Source::{Aip, GrpcCodes, Operations};
use crate::wire::Show as _;

/// After how long one who waits has to hear of the end.
const PROMPT: Duration = Duration::from_secs(5);

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "wait/done",
        [Operations("WaitOperation")],
        "an operation that is done is the answer at once",
        done
    ),
    check!(
        Must,
        "wait/same-as-get",
        [Operations("WaitOperation")],
        "the answer is what GetOperation answers",
        same_as_get
    ),
    check!(
        Must,
        "wait/short-timeout",
        [Operations("WaitOperation"), Operations("WaitOperationRequest.timeout")],
        "when the timeout is over, the answer is the latest state, in time and without an error",
        short_timeout
    ),
    check!(
        Must,
        "wait/deadline",
        [Operations("WaitOperationRequest.timeout")],
        "without a timeout, the answer comes before the deadline of the call, and is not DEADLINE_EXCEEDED",
        deadline
    ),
    check!(
        Must,
        "wait/deadline-before-timeout",
        [Operations("WaitOperation"), Operations("WaitOperationRequest.timeout")],
        "of timeout and deadline the shorter one counts",
        deadline_before_timeout
    ),
    check!(
        Should,
        "wait/zero-timeout",
        [Operations("WaitOperationRequest.timeout")],
        "with a timeout of zero, the state is the answer at once",
        zero
    ),
    check!(
        Should,
        "wait/negative-timeout",
        [Aip(193), GrpcCodes],
        "a negative timeout is INVALID_ARGUMENT",
        negative
    ),
    check!(
        Should,
        "wait/until-done",
        [Operations("WaitOperation")],
        "those who wait hear of the end within seconds",
        until_done
    ),
    check!(
        May,
        "wait/holds",
        [Operations("WaitOperation")],
        "the answer is held until something happens or the timeout is over",
        holds
    ),
    check!(
        Should,
        "wait/cancelled-while-waiting",
        [Operations("WaitOperation"), Operations("CancelOperation")],
        "those who wait hear that the operation was cancelled",
        cancelled
    ),
    check!(
        Must,
        "wait/abandoned",
        [Operations("WaitOperation")],
        "a wait that its caller gives up changes nothing of the operation",
        abandoned
    ),
    check!(
        Must,
        "wait/unknown",
        [Aip(131), Aip(211)],
        "an operation that there is not is answered as by GetOperation, and at once",
        unknown
    ),
    check!(
        Should,
        "wait/malformed-name",
        [Aip(193), GrpcCodes],
        "a malformed name is INVALID_ARGUMENT",
        malformed
    ),
];

async fn done(probe: &Probe<'_>) -> Verdict {
    let operation = probe.done().await?;
    let time = probe.timeouts().end;
    let answer = probe.server().wait(&operation.name, time).await.ok_within(probe.timeouts().grace)?;
    ensure(answer.done, "an operation that is done", answer.show())
}

async fn same_as_get(probe: &Probe<'_>) -> Verdict {
    let operation = probe.done().await?;
    let read = probe.server().get(&operation.name).await.ok()?;
    let answer = probe.server().wait(&operation.name, probe.timeouts().wait).await.ok()?;
    ensure(answer == read, read.show(), answer.show())
}

async fn short_timeout(probe: &Probe<'_>) -> Verdict {
    let running = probe.running().await?;
    let time = probe.timeouts().wait;
    let reply = probe.server().wait(&running.name, time).await;
    let answer = reply.ok_within(time + probe.timeouts().grace)?;
    ensure(answer.name == running.name, format!("the operation {}", running.name), answer.show())?;
    ensure(!answer.done, "an operation that still runs", answer.show())
}

async fn deadline(probe: &Probe<'_>) -> Verdict {
    wait_for_deadline(probe, None).await
}

async fn deadline_before_timeout(probe: &Probe<'_>) -> Verdict {
    wait_for_deadline(probe, Some(prost_types::Duration { seconds: 3600, nanos: 0 })).await
}

async fn wait_for_deadline(probe: &Probe<'_>, timeout: Option<prost_types::Duration>) -> Verdict {
    let running = probe.running().await?;
    let deadline = probe.timeouts().wait;
    let reply = probe.server().wait_until(&running.name, timeout, deadline).await;
    let took = reply.took;
    match reply.result {
        // Here it also ends calls itself when their deadline is over, with one code or the other.
        Err(status) if matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled) => {
            let demand =
                format!("the latest state, before the deadline of {:.1} s is over", deadline.as_secs_f64());
            Err(fail(demand, format!("{} after {:.2} s", status.show(), took.as_secs_f64())))
        }
        _ => {
            let answer = reply.ok()?;
            ensure(answer.name == running.name, format!("the operation {}", running.name), answer.show())
        }
    }
}

async fn zero(probe: &Probe<'_>) -> Verdict {
    let running = probe.running().await?;
    let answer =
        probe.server().wait(&running.name, Duration::ZERO).await.ok_within(probe.timeouts().grace)?;
    ensure(!answer.done, "an operation that still runs", answer.show())
}

async fn negative(probe: &Probe<'_>) -> Verdict {
    let name = &probe.done().await?.name;
    let timeout = Some(prost_types::Duration { seconds: -1, nanos: 0 });
    let reply = probe.server().wait_until(name, timeout, probe.timeouts().call).await;
    reply.refused(&[Code::InvalidArgument]).map(drop)
}

async fn until_done(probe: &Probe<'_>) -> Verdict {
    let started = probe.server().started(Kind::Slow).await?;
    let waited = async {
        let begin = Instant::now();
        loop {
            // A server may answer early, so that it is asked again.
            let answer = probe.server().wait(&started.name, probe.timeouts().end).await.ok()?;
            if answer.done || begin.elapsed() > probe.timeouts().end {
                return Ok((answer, Instant::now()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let read = async {
        let read = probe.server().end_of(&started.name).await;
        read.map(|_| Instant::now())
    };
    let ((answer, heard), seen) = tokio::try_join!(waited, read)?;
    ensure(answer.done, "an operation that is done", answer.show())?;
    let late = heard.saturating_duration_since(seen);
    let demand = format!("the answer within {} s of the end", PROMPT.as_secs());
    ensure(late < PROMPT, demand, format!("it came {:.1} s after GetOperation saw it", late.as_secs_f64()))
}

async fn holds(probe: &Probe<'_>) -> Verdict {
    let running = probe.running().await?;
    let time = probe.timeouts().wait;
    let reply = probe.server().wait(&running.name, time).await;
    let took = reply.took;
    reply.ok()?;
    let demand = format!("an answer after about {:.1} s", time.as_secs_f64());
    ensure(took > time / 2, demand, format!("it came after {:.2} s", took.as_secs_f64()))
}

async fn cancelled(probe: &Probe<'_>) -> Verdict {
    let running = probe.running().await?;
    let server = probe.server();
    let (waited, cancelled) =
        tokio::join!(server.wait(&running.name, probe.timeouts().end), server.cancel(&running.name));
    cancelled.ok()?;
    let mut answer = waited.ok()?;
    let begin = Instant::now();
    while !answer.done && begin.elapsed() < probe.timeouts().end {
        tokio::time::sleep(Duration::from_millis(20)).await;
        answer = server.wait(&running.name, probe.timeouts().end).await.ok()?;
    }
    ensure(answer.done, "the operation when it was cancelled", answer.show())
}

async fn abandoned(probe: &Probe<'_>) -> Verdict {
    let running = probe.running().await?;
    let server = probe.server();
    // First, whether there is such a method at all.
    server.wait(&running.name, Duration::ZERO).await.ok()?;
    let wait = server.wait(&running.name, probe.timeouts().end);
    let given_up = tokio::time::timeout(probe.timeouts().wait / 4, wait).await;
    drop(given_up);
    // Harm would take a moment to show.
    tokio::time::sleep(probe.timeouts().wait / 4).await;
    let read = server.get(&running.name).await.ok()?;
    ensure(!read.done, "an operation that still runs", read.show())
}

async fn unknown(probe: &Probe<'_>) -> Verdict {
    let name = unknown_beside(&probe.done().await?.name);
    let reply = probe.server().wait(&name, probe.timeouts().end).await;
    let took = reply.took;
    reply.refused(UNKNOWN)?;
    let demand = "an answer at once";
    ensure(took < probe.timeouts().grace, demand, format!("it came after {:.1} s", took.as_secs_f64()))
}

async fn malformed(probe: &Probe<'_>) -> Verdict {
    for name in ["", "operations//1"] {
        probe.server().wait(name, Duration::ZERO).await.refused(&[Code::InvalidArgument])?;
    }
    Ok(())
}
