//! Operations that checks call about.

use std::time::{Duration, Instant};

use prost_reflect::DynamicMessage;
use tokio::time::sleep;

use super::caller::Caller;
use super::expect::{Verdict, ensure, fail, skip};
use super::{Probe, Reply};
use crate::connect::Method;
use crate::request::Request;
use crate::wire::{Operation, Show as _};

/// How often it is looked whether an operation has ended, at first and later.
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LATER_LOOKS: Duration = Duration::from_millis(500);

/// What becomes of an operation, by the request that starts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ends well, soon.
    Quick,
    /// Fails.
    Failing,
    /// Ends well, after some seconds.
    Slow,
    /// Runs until it is cancelled.
    Long,
    /// Never comes to be.
    Refused,
}

/// An id for a request that no request had.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..12].to_owned()
}

impl Probe<'_> {
    /// The request for such an operation.
    pub(crate) fn request(&self, kind: Kind) -> Verdict<&Request> {
        let target = self.target();
        let (request, option) = match kind {
            Kind::Quick => return Ok(&target.request),
            Kind::Failing => (&target.failing, "--failing-request, whose operation fails"),
            Kind::Slow => (&target.slow, "--slow-request, whose operation takes some seconds"),
            Kind::Long => (&target.long, "--long-request, whose operation runs until it is cancelled"),
            Kind::Refused => (&target.refused, "--refused-request, which starts nothing"),
        };
        request.as_ref().ok_or_else(|| skip(format!("give {option}")))
    }

    /// The method and a message of its own for such an operation.
    pub(crate) fn message(&self, kind: Kind) -> Verdict<(&Method, DynamicMessage)> {
        let request = self.request(kind)?;
        let method = self.session.descriptors.method(request.method());
        let message = method.request(&request.fill(&new_id())).map_err(|error| skip(error.to_string()))?;
        Ok((method, message))
    }

    /// An operation that has ended well, and that no check changes.
    pub(crate) async fn done(&self) -> Verdict<&Operation> {
        let done = || async { self.server().ended(Kind::Quick).await };
        self.session.done.get_or_try_init(done).await
    }

    /// An operation that runs, until the end of the check.
    pub(crate) async fn running(&self) -> Verdict<Operation> {
        let operation = self.server().started(Kind::Long).await?;
        ensure(!operation.done, "the operation of --long-request still runs", operation.show())?;
        Ok(operation)
    }
}

impl Caller<'_> {
    /// Sends the request for such an operation.
    pub(crate) async fn try_start(self, kind: Kind) -> Verdict<Reply<Operation>> {
        let (method, message) = self.probe.message(kind)?;
        let reply = self.start(method, &message).await;
        if let (Kind::Long, Ok(operation)) = (kind, &reply.result) {
            self.probe.remember(&operation.name);
        }
        Ok(reply)
    }

    /// Starts such an operation.
    pub(crate) async fn started(self, kind: Kind) -> Verdict<Operation> {
        let operation = self.try_start(kind).await?.ok()?;
        ensure(!operation.name.is_empty(), "the operation has a name", operation.show())?;
        Ok(operation)
    }

    /// Starts such an operation, and returns it when it has ended.
    pub(crate) async fn ended(self, kind: Kind) -> Verdict<Operation> {
        let operation = self.started(kind).await?;
        let ended = self.end_of(&operation.name).await?;
        if kind != Kind::Failing {
            let seen = ended.show();
            ensure(ended.error.is_none(), "the operation of the request ends well", seen)?;
        }
        Ok(ended)
    }

    /// Asks with `GetOperation` until the operation is done.
    pub(crate) async fn end_of(self, name: &str) -> Verdict<Operation> {
        let begin = Instant::now();
        let limit = self.probe.timeouts().end;
        let mut pause = FIRST_LOOK;
        loop {
            let operation = self.get(name).await.ok()?;
            if operation.done {
                return Ok(operation);
            }
            if begin.elapsed() > limit {
                let demand = format!("the operation ends within {:.0} s", limit.as_secs_f64());
                return Err(fail(demand, operation.show()));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LATER_LOOKS);
        }
    }
}
