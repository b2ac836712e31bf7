//! What errors say.

use std::collections::HashSet;

use prost::Message as _;
use tonic::Code;

use super::unknown_beside;
use crate::check::{Check, check};
use crate::connect::type_name;
use crate::probe::{Probe, Stop, UNKNOWN, Verdict, ensure, fail, skip};
use crate::source::Source::Aip;
use crate::wire::{BadRequest, ErrorInfo, Show as _, Status};

pub(super) const CHECKS: &[Check] = &[
    check!(Must, "errors/message", [Aip(193)], "every error has a message", message),
    check!(
        Must,
        "errors/details-fit-the-status",
        [Aip(193)],
        "the google.rpc.Status in the details has the code and the message of the call's status",
        fit
    ),
    check!(Must, "errors/error-info", [Aip(193)], "every error has exactly one ErrorInfo", error_info),
    check!(
        Must,
        "errors/error-info-reason",
        [Aip(193)],
        "the reason of an ErrorInfo is UPPER_SNAKE_CASE of at most 63 characters",
        reason
    ),
    check!(Must, "errors/error-info-domain", [Aip(193)], "an ErrorInfo has a domain", domain),
    check!(
        Should,
        "errors/reasons-differ",
        [Aip(193)],
        "errors of different causes have different reasons",
        reasons_differ
    ),
    check!(
        Should,
        "errors/bad-request",
        [Aip(193)],
        "INVALID_ARGUMENT names the field in a BadRequest",
        bad_request
    ),
    check!(Must, "errors/each-detail-once", [Aip(193)], "each type of detail is there at most once", once),
    check!(Must, "errors/no-insides", [Aip(193)], "no message shows the insides of the server", insides),
];

/// Errors of different kinds: of an operation that there is not, and of a request that is wrong.
async fn errors(probe: &Probe<'_>) -> Verdict<[tonic::Status; 2]> {
    let name = unknown_beside(&probe.done().await?.name);
    let missing = probe.server().get(&name).await.refused(UNKNOWN)?;
    let codes = &[Code::InvalidArgument, Code::NotFound, Code::PermissionDenied, Code::FailedPrecondition];
    let invalid = probe.server().get("").await.refused(codes)?;
    Ok([missing, invalid])
}

async fn message(probe: &Probe<'_>) -> Verdict {
    for error in errors(probe).await? {
        ensure(!error.message().trim().is_empty(), "an error with a message", error.show())?;
    }
    Ok(())
}

fn details(error: &tonic::Status) -> Verdict<Status> {
    Status::decode(error.details()).map_err(|why| {
        fail("a google.rpc.Status in grpc-status-details-bin", format!("{why}: {}", error.show()))
    })
}

async fn fit(probe: &Probe<'_>) -> Verdict {
    for error in errors(probe).await? {
        if error.details().is_empty() {
            continue;
        }
        let details = details(&error)?;
        let fits = details.code == i32::from(error.code()) && details.message == error.message();
        ensure(fits, error.show(), details.show())?;
    }
    Ok(())
}

async fn infos(probe: &Probe<'_>) -> Verdict<Vec<(tonic::Status, ErrorInfo)>> {
    let read = |error: tonic::Status| {
        let details = details(&error)?;
        match details.find::<ErrorInfo>().as_slice() {
            [Ok(info)] => Ok((error, info.clone())),
            _ => Err(fail(
                "one google.rpc.ErrorInfo in the details",
                format!("{}, details {}", error.show(), details.show()),
            )),
        }
    };
    errors(probe).await?.into_iter().map(read).collect()
}

async fn error_info(probe: &Probe<'_>) -> Verdict {
    infos(probe).await.map(drop)
}

/// What is in them, where there are any: that there are none is found once.
async fn present_infos(probe: &Probe<'_>) -> Verdict<Vec<(tonic::Status, ErrorInfo)>> {
    infos(probe).await.map_err(|stop| match stop {
        Stop::Failed { .. } => skip("errors have no ErrorInfo, which errors/error-info is about"),
        stop => stop,
    })
}

async fn reason(probe: &Probe<'_>) -> Verdict {
    for (_, info) in present_infos(probe).await? {
        let reason = &info.reason;
        let mut chars = reason.chars();
        let shape = chars.next().is_some_and(|first| first.is_ascii_uppercase())
            && chars.all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_')
            && !reason.ends_with('_');
        ensure(shape && (3..=63).contains(&reason.len()), "a reason like OPERATION_NOT_FOUND", reason)?;
    }
    Ok(())
}

async fn domain(probe: &Probe<'_>) -> Verdict {
    for (error, info) in present_infos(probe).await? {
        ensure(!info.domain.is_empty(), "an ErrorInfo with a domain", error.show())?;
    }
    Ok(())
}

async fn reasons_differ(probe: &Probe<'_>) -> Verdict {
    let infos = present_infos(probe).await?;
    let reasons: HashSet<_> = infos.iter().map(|(_, info)| &info.reason).collect();
    let codes: HashSet<_> = infos.iter().map(|(error, _)| error.code() as i32).collect();
    ensure(
        reasons.len() >= codes.len(),
        format!("{} reasons for {0} codes", codes.len()),
        format!("{reasons:?}"),
    )
}

async fn bad_request(probe: &Probe<'_>) -> Verdict {
    let [_, error] = errors(probe).await?;
    if error.code() != Code::InvalidArgument {
        return Err(skip("no name is not INVALID_ARGUMENT, which get/empty-name is about"));
    }
    let details = details(&error)?;
    let named = match details.find::<BadRequest>().as_slice() {
        [Ok(bad)] => bad.field_violations.iter().any(|violation| violation.field == "name"),
        _ => false,
    };
    ensure(named, "a google.rpc.BadRequest that names the field `name`", details.show())
}

async fn once(probe: &Probe<'_>) -> Verdict {
    for error in errors(probe).await? {
        let details = details(&error)?;
        let mut types = HashSet::new();
        let twice = details.details.iter().find(|detail| !types.insert(type_name(&detail.type_url)));
        ensure(twice.is_none(), "every type of detail once", details.show())?;
    }
    Ok(())
}

/// Beginnings of what only the logs of servers should show, in several languages.
const INSIDES: &[&str] = &[
    "panicked at",
    "goroutine ",
    "Traceback (most recent call last)",
    "\tat ",
    "Exception in thread",
    "java.lang.",
    "SELECT ",
    "INSERT INTO",
    ".rs:",
    ".go:",
    ".py\"",
];

async fn insides(probe: &Probe<'_>) -> Verdict {
    for error in errors(probe).await? {
        let shown = INSIDES.iter().find(|part| error.message().contains(**part));
        ensure(shown.is_none(), "a message for callers", error.show())?;
    }
    // The code is looked at too, as INTERNAL with a text tells as much.
    let over_long = probe.server().get(&format!("operations/{}", "%00".repeat(1_000))).await;
    let Err(error) = over_long.ok_or_refused()? else { return Ok(()) };
    let shown = INSIDES.iter().find(|part| error.message().contains(**part));
    ensure(shown.is_none(), "a message for callers", error.show())
}
