//! How one operation goes on, without its types: what it is at which time.

use std::time::Duration;

use prost::Message;
use prost_types::Any;
use tonic::{Code, Status};

use crate::google::longrunning::{Operation, operation};
use crate::google::rpc;

/// A script with everything packed. All times count from the start of the operation.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: Option<String>,
    pub(super) parent: String,
    /// The metadata, in the order of the times from which it holds.
    pub(super) progress: Vec<(Duration, Any)>,
    pub(super) end: Option<(Duration, Option<operation::Result>)>,
    pub(super) hidden_for: Duration,
    pub(super) on_cancel: OnCancel,
}

/// What a request to cancel does.
#[derive(Debug, Clone, Copy)]
pub(super) enum OnCancel {
    EndAfter(Duration),
    GoOn,
}

impl Plan {
    /// The operation as it is at `time`, if it was cancelled at `cancelled`.
    pub(super) fn state(&self, name: &str, time: Duration, cancelled: Option<Duration>) -> Operation {
        let end = self.end(cancelled).filter(|(end, _)| *end <= time);
        let time = end.as_ref().map_or(time, |(end, _)| *end);
        let metadata = self.progress.iter().rev().find(|(from, _)| *from <= time);
        Operation {
            name: name.to_owned(),
            metadata: metadata.map(|(_, metadata)| metadata.clone()),
            done: end.is_some(),
            result: end.and_then(|(_, result)| result),
        }
    }

    /// When the operation ends, if it was cancelled at `cancelled`; `None` if it never does.
    pub(super) fn end_time(&self, cancelled: Option<Duration>) -> Option<Duration> {
        let own = self.end.as_ref().map(|(time, _)| *time);
        let stopped = self.stop_time(cancelled);
        own.into_iter().chain(stopped).min()
    }

    fn end(&self, cancelled: Option<Duration>) -> Option<(Duration, Option<operation::Result>)> {
        match (&self.end, self.stop_time(cancelled)) {
            (Some((own, _)), Some(stop)) if stop < *own => Some((stop, Some(stopped()))),
            (None, Some(stop)) => Some((stop, Some(stopped()))),
            (own, _) => own.clone(),
        }
    }

    fn stop_time(&self, cancelled: Option<Duration>) -> Option<Duration> {
        match self.on_cancel {
            OnCancel::EndAfter(time) => cancelled.map(|at| at.saturating_add(time)),
            OnCancel::GoOn => None,
        }
    }
}

fn stopped() -> operation::Result {
    let status = Status::new(Code::Cancelled, "the operation was cancelled");
    operation::Result::Error(failure(&status))
}

/// A status as an operation holds it. Details that are not the encoded message that gRPC has there are left out.
pub(super) fn failure(status: &Status) -> rpc::Status {
    let details = rpc::Status::decode(status.details()).map(|decoded| decoded.details).unwrap_or_default();
    rpc::Status { code: status.code().into(), message: status.message().to_owned(), details }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn plan(on_cancel: OnCancel) -> Plan {
        let any = |number| Any { type_url: "t".to_owned(), value: vec![number] };
        Plan {
            name: None,
            parent: String::new(),
            progress: vec![(seconds(1), any(1)), (seconds(2), any(2)), (seconds(9), any(9))],
            end: Some((seconds(5), Some(operation::Result::Response(any(5))))),
            hidden_for: Duration::ZERO,
            on_cancel,
        }
    }

    fn at(plan: &Plan, time: u64, cancelled: Option<u64>) -> (Option<u8>, bool, Option<i32>) {
        let operation = plan.state("operations/1", seconds(time), cancelled.map(seconds));
        let code = match operation.result {
            Some(operation::Result::Error(status)) => Some(status.code),
            Some(operation::Result::Response(_)) => Some(0),
            None => None,
        };
        (operation.metadata.map(|metadata| metadata.value[0]), operation.done, code)
    }

    #[test]
    fn metadata_holds_until_the_next_and_the_end_keeps_the_last() {
        let plan = plan(OnCancel::GoOn);
        assert_eq!(at(&plan, 0, None), (None, false, None));
        assert_eq!(at(&plan, 1, None), (Some(1), false, None));
        assert_eq!(at(&plan, 4, None), (Some(2), false, None));
        assert_eq!(at(&plan, 5, None), (Some(2), true, Some(0)));
        assert_eq!(at(&plan, 20, None), (Some(2), true, Some(0)), "what ends says nothing more");
    }

    #[test]
    fn who_comes_first_decides_the_end() {
        let plan_of = plan;
        let plan = plan_of(OnCancel::EndAfter(seconds(2)));
        assert_eq!(at(&plan, 2, Some(1)), (Some(2), false, None), "the work takes its time to stop");
        assert_eq!(at(&plan, 3, Some(1)), (Some(2), true, Some(1)));
        assert_eq!(at(&plan, 5, Some(4)), (Some(2), true, Some(0)), "it has ended before it could stop");
        assert_eq!(plan.end_time(Some(seconds(1))), Some(seconds(3)));
        let plan = plan_of(OnCancel::GoOn);
        assert_eq!(at(&plan, 4, Some(1)), (Some(2), false, None));
        assert_eq!(plan.end_time(Some(seconds(1))), Some(seconds(5)));
    }
}
