//! What an operation comes to.

use std::time::Duration;

use prost::Message as _;
use tokio::time::sleep;
use tonic::Code;

use crate::check::{Check, check};
use crate::probe::{Kind, Probe, Verdict, ensure};
use crate::source::Source::{Aip, Operations};
use crate::wire::{ErrorInfo, Operation, Show as _, Status};

/// How often a done operation is read again, and how long between.
const READS: usize = 20;
const PAUSE: Duration = Duration::from_millis(20);

pub(super) const CHECKS: &[Check] = &[
    check!(Must, "result/ends", [Operations("Operation.done")], "an operation whose work ends is done", ends),
    check!(
        Must,
        "result/none-before-done",
        [Operations("Operation.result")],
        "while an operation is not done it has neither error nor response",
        none_before_done
    ),
    check!(
        Must,
        "result/one-when-done",
        [Operations("Operation.done"), Operations("Operation.result")],
        "a done operation has an error or a response",
        one_when_done
    ),
    check!(
        Must,
        "result/never-both",
        [Operations("Operation.result")],
        "no operation has an error and a response",
        never_both
    ),
    check!(
        Must,
        "result/done-is-final",
        [Operations("Operation.done")],
        "an operation that is done stays done",
        done_is_final
    ),
    check!(
        Must,
        "result/never-changes",
        [Operations("Operation.result")],
        "the result of a done operation stays the same, byte by byte",
        never_changes
    ),
    check!(
        Must,
        "result/followed-to-the-end",
        [Operations("Operation.result"), Operations("Operation.name")],
        "an operation that is followed while it runs keeps its name and has no result before it is done",
        followed
    ),
    check!(
        Must,
        "result/failure-is-an-error",
        [Operations("Operation.error"), Aip(151)],
        "work that fails ends with an error whose code is not OK",
        failure
    ),
    check!(
        Must,
        "result/failure-has-a-known-code",
        [Aip(193)],
        "the code of the error is one of google.rpc.Code",
        known_code
    ),
    check!(Must, "result/failure-has-a-message", [Aip(193)], "the error has a message", message),
    check!(
        Should,
        "result/failure-has-error-info",
        [Aip(193)],
        "the error has an ErrorInfo in its details",
        error_info
    ),
];

async fn ends(probe: &Probe<'_>) -> Verdict {
    probe.server().ended(Kind::Quick).await.map(drop)
}

async fn none_before_done(probe: &Probe<'_>) -> Verdict {
    let started = probe.running().await?;
    let read = probe.server().get(&started.name).await.ok()?;
    no_early_result(&started)?;
    no_early_result(&read)
}

fn no_early_result(operation: &Operation) -> Verdict {
    let early = !operation.done && (operation.error.is_some() || operation.response.is_some());
    ensure(!early, "an operation that is not done has no result", operation.show())
}

async fn one_when_done(probe: &Probe<'_>) -> Verdict {
    let operation = probe.server().ended(Kind::Quick).await?;
    ensure(
        operation.error.is_some() || operation.response.is_some(),
        "a done operation has an error or a response",
        operation.show(),
    )
}

async fn never_both(probe: &Probe<'_>) -> Verdict {
    for kind in [Kind::Quick, Kind::Failing] {
        if probe.request(kind).is_err() {
            continue;
        }
        let started = probe.server().started(kind).await?;
        let operation = probe.server().end_of(&started.name).await?;
        ensure(
            operation.error.is_none() || operation.response.is_none(),
            "an operation has only one of error and response",
            operation.show(),
        )?;
    }
    Ok(())
}

async fn done_is_final(probe: &Probe<'_>) -> Verdict {
    let operation = probe.done().await?;
    for _ in 0..READS {
        let read = probe.server().get(&operation.name).await.ok()?;
        ensure(read.done, "an operation that was done is done", read.show())?;
        sleep(PAUSE).await;
    }
    Ok(())
}

async fn never_changes(probe: &Probe<'_>) -> Verdict {
    let first = probe.done().await?;
    for _ in 0..READS {
        let read = probe.server().get(&first.name).await.ok()?;
        let same = read.error == first.error && read.response == first.response;
        ensure(!read.done || same, format!("the result of {}", first.show()), read.show())?;
        sleep(PAUSE).await;
    }
    Ok(())
}

async fn followed(probe: &Probe<'_>) -> Verdict {
    let kind = if probe.request(Kind::Slow).is_ok() { Kind::Slow } else { Kind::Quick };
    let started = probe.server().started(kind).await?;
    no_early_result(&started)?;
    let begin = tokio::time::Instant::now();
    let mut was_done = started.done;
    while begin.elapsed() < probe.timeouts().end {
        let read = probe.server().get(&started.name).await.ok()?;
        ensure(read.name == started.name, format!("the name {}", started.name), read.show())?;
        no_early_result(&read)?;
        ensure(read.done || !was_done, "an operation that was done is done", read.show())?;
        if was_done {
            return Ok(());
        }
        was_done = read.done;
        sleep(PAUSE).await;
    }
    ensure(false, format!("the operation ends within {:?}", probe.timeouts().end), "it has not ended")
}

async fn failed(probe: &Probe<'_>) -> Verdict<Operation> {
    let operation = probe.server().ended(Kind::Failing).await?;
    ensure(
        operation.error.is_some(),
        "the operation of --failing-request ends with an error",
        operation.show(),
    )?;
    Ok(operation)
}

async fn failure(probe: &Probe<'_>) -> Verdict {
    let operation = failed(probe).await?;
    let code = operation.error.as_ref().map_or(0, |error| error.code);
    ensure(code != 0, "an error whose code is not 0", operation.show())
}

async fn known_code(probe: &Probe<'_>) -> Verdict {
    let operation = failed(probe).await?;
    let code = operation.error.as_ref().map_or(0, |error| error.code);
    let known = (0..=i32::from(Code::Unauthenticated)).contains(&code);
    ensure(known, "a code from 1 to 16", operation.show())
}

async fn message(probe: &Probe<'_>) -> Verdict {
    let operation = failed(probe).await?;
    let has = operation.error.as_ref().is_some_and(|error| !error.message.trim().is_empty());
    ensure(has, "an error with a message", operation.show())
}

async fn error_info(probe: &Probe<'_>) -> Verdict {
    let operation = failed(probe).await?;
    let infos = operation.error.as_ref().map(Status::find::<ErrorInfo>).unwrap_or_default();
    let readable = matches!(infos.as_slice(), [Ok(info)] if info.encoded_len() > 0);
    ensure(readable, "one google.rpc.ErrorInfo in the details of the error", operation.show())
}
