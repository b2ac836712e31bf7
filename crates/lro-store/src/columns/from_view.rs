//! From a view to columns.

use std::borrow::Cow;
use std::time::Duration;

use super::{Columns, PayloadColumns, details};
use crate::{Attempt, Holder, Outcome, Payload, State, StateKind, StopReason, Timestamp, View};

impl<'a> From<&'a View> for Columns<'a> {
    fn from(view: &'a View) -> Self {
        let parts = view.parts();
        let (worker, delegate) = match view.holder() {
            Some(Holder::Worker(worker)) => (Some(worker.as_str()), None),
            Some(Holder::Delegate(delegate)) => (None, Some(delegate.as_str())),
            None => (None, None),
        };
        let (response, failure) = match view.outcome() {
            Some(Outcome::Response(response)) => (Some(response.into()), None),
            Some(Outcome::Error(failure)) => (None, Some(failure)),
            None => (None, None),
        };
        let not_before = match view.state() {
            State::Queued { not_before, .. } => not_before.map(Timestamp::as_micros),
            State::Running { .. } | State::Done { .. } => None,
        };
        Self {
            name: parts.name.as_str(),
            method: &parts.method,
            owner: parts.owner.as_str(),
            request_id: parts.request_id.as_ref().map(crate::RequestId::as_str),
            exclusive_key: parts.exclusive.as_ref().map(crate::ExclusiveKey::as_str),
            labels: parts.labels.clone(),
            priority: parts.priority,
            max_attempts: parts.max_attempts.get().into(),
            retry: parts.retry.map(|retry| retry.to_string().into()),
            deadline: parts.deadline.map(Timestamp::as_micros),
            retention: micros(parts.retention),
            create_time: parts.create_time.as_micros(),
            update_time: parts.update_time.as_micros(),
            state: view.kind().to_column(),
            not_before,
            attempt: view.last_attempt().map_or(0, Attempt::number).into(),
            unbegun: parts.unbegun.into(),
            worker,
            delegate,
            stop: view.stop().map(StopReason::to_column),
            metadata: view.metadata().map(PayloadColumns::from),
            response,
            error_code: failure.map(|failure| failure.code.number()),
            error_message: failure.map(|failure| failure.message.as_bytes()),
            error_details: failure
                .filter(|failure| !failure.details.is_empty())
                .map(|failure| details::encode(&failure.details).into()),
        }
    }
}

impl<'a> From<&'a Payload> for PayloadColumns<'a> {
    fn from(payload: &'a Payload) -> Self {
        Self { type_url: &payload.type_url, value: &payload.value }
    }
}

impl StateKind {
    /// The number that [`Columns::state`] has for it.
    pub const fn to_column(self) -> i16 {
        match self {
            Self::Queued => Columns::QUEUED,
            Self::Running => Columns::RUNNING,
            Self::Done => Columns::DONE,
        }
    }
}

impl StopReason {
    const CANCELLED: &str = "cancelled";
    const DEADLINE_EXCEEDED: &str = "deadline_exceeded";
    const PREEMPTED: &str = "preempted ";

    /// The text that [`Columns::stop`] has for it: `cancelled`, `deadline_exceeded`, or `preempted` and the name of
    /// the newer operation, with a space between.
    pub fn to_column(&self) -> Cow<'static, str> {
        match self {
            Self::Cancelled => Self::CANCELLED.into(),
            Self::DeadlineExceeded => Self::DEADLINE_EXCEEDED.into(),
            Self::Preempted(by) => format!("{}{by}", Self::PREEMPTED).into(),
        }
    }

    /// The reason of such a text.
    pub fn from_column(text: &str) -> Option<Self> {
        match text {
            Self::CANCELLED => Some(Self::Cancelled),
            Self::DEADLINE_EXCEEDED => Some(Self::DeadlineExceeded),
            _ => {
                let by = text.strip_prefix(Self::PREEMPTED)?;
                crate::OperationName::parse(by).ok().map(Self::Preempted)
            }
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
