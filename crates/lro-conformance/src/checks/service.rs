//! The service is there.

use tonic::Code;

use super::unknown_beside;
use crate::check::{Check, check};
use crate::connect::services;
use crate::probe::{Probe, Verdict, ensure, fail, skip};
use crate::source::Source::{Aip, Reflection};
use crate::wire::Show as _;

const SERVICE: &str = "google.longrunning.Operations";

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "service/present",
        [Aip(151)],
        "a server that starts operations serves google.longrunning.Operations",
        present
    ),
    check!(
        May,
        "service/reflection",
        [Reflection],
        "reflection, where there is any, lists google.longrunning.Operations",
        reflected
    ),
];

async fn present(probe: &Probe<'_>) -> Verdict {
    let reply = probe.server().get(&unknown_beside("operations/1")).await;
    match reply.result {
        Err(status) if status.code() == Code::Unimplemented => {
            Err(fail(format!("{SERVICE} is served beside the method that starts operations"), status.show()))
        }
        _ => Ok(()),
    }
}

async fn reflected(probe: &Probe<'_>) -> Verdict {
    match services(&probe.session().first).await {
        Ok(names) => {
            let has = names.iter().any(|name| name == SERVICE);
            ensure(has, format!("{SERVICE} is among the services"), names.join(", "))
        }
        Err(status) => Err(skip(format!("reflection answers {}", status.show()))),
    }
}
