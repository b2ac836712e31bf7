//! Operations outlive the process that serves them.

use std::time::{Duration, Instant};

use tonic::Code;

use crate::check::{Check, check};
use crate::probe::{Kind, Probe, Verdict, ensure, fail, list_request, skip};
use crate::restart::Restart;
use crate::source::Source::{Aip, Operations};
use crate::wire::{ListOperationsRequest, Show as _};

pub(super) const CHECKS: &[Check] = &[
    check!(
        Must,
        "restart/done-stays",
        [Operations("Operation.done"), Operations("GetOperation")],
        "after a restart an operation that was done is as it was",
        done_stays
    ),
    check!(
        Must,
        "restart/running-ends",
        [Operations("GetOperation"), Operations("Operation.done")],
        "an operation that ran when the server was restarted can be read, and ends",
        running_ends
    ),
    check!(
        Must,
        "restart/cancel",
        [Operations("CancelOperation")],
        "an operation that ran can be cancelled after a restart",
        cancel
    ),
    check!(
        May,
        "restart/page-token",
        [Aip(158)],
        "a page token from before the restart is good after it",
        token
    ),
];

/// How to restart the server. It is asked for first, so that nothing is started in vain.
fn way<'p>(probe: &'p Probe<'_>) -> Verdict<&'p Restart> {
    probe.target().restart.as_ref().ok_or_else(|| skip("give --restart, a command that restarts the server"))
}

/// Restarts the server and returns when it answers.
async fn restart(probe: &Probe<'_>) -> Verdict {
    way(probe)?.run().await.map_err(|why| fail("the server restarts", why))?;
    let begin = Instant::now();
    let limit = probe.timeouts().restart;
    loop {
        let reply = probe.server().get("operations/-").await;
        match reply.result {
            Err(status)
                if matches!(
                    status.code(),
                    Code::Unavailable | Code::Cancelled | Code::DeadlineExceeded | Code::Unknown
                ) =>
            {
                let demand = format!("the server answers within {:.0} s of its restart", limit.as_secs_f64());
                ensure(begin.elapsed() < limit, demand, status.show())?;
            }
            _ => return Ok(()),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn done_stays(probe: &Probe<'_>) -> Verdict {
    way(probe)?;
    let operation = probe.server().ended(Kind::Quick).await?;
    restart(probe).await?;
    let read = probe.server().get(&operation.name).await.ok()?;
    ensure(read == operation, operation.show(), read.show())
}

async fn running_ends(probe: &Probe<'_>) -> Verdict {
    way(probe)?;
    let operation = probe.server().started(Kind::Slow).await?;
    restart(probe).await?;
    let ended = probe.server().end_of(&operation.name).await?;
    ensure(ended.name == operation.name, format!("the operation {}", operation.name), ended.show())
}

async fn cancel(probe: &Probe<'_>) -> Verdict {
    way(probe)?;
    let operation = probe.running().await?;
    restart(probe).await?;
    probe.server().get(&operation.name).await.ok()?;
    probe.server().cancel(&operation.name).await.ok()?;
    probe.server().end_of(&operation.name).await.map(drop)
}

async fn token(probe: &Probe<'_>) -> Verdict {
    way(probe)?;
    let collection = probe.collection().await?;
    let request = ListOperationsRequest { page_size: 2, ..list_request(&collection.name) };
    let page = probe.server().page_with_token(&request).await?;
    restart(probe).await?;
    let request = ListOperationsRequest { page_token: page.next_page_token, ..request };
    probe.server().list(&request).await.ok().map(drop)
}
