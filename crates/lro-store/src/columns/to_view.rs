//! From columns to a view.

use std::fmt::Display;
use std::num::NonZeroU32;
use std::time::Duration;

use bytes::Bytes;

use super::{Columns, PayloadColumns, details};
use crate::{
    Attempt, DelegateId, ExclusiveKey, Failure, FailureCode, Holder, InvalidRecord, OperationName, Outcome,
    Owner, Payload, RequestId, State, StopReason, Timestamp, View, ViewParts, WorkerId,
};

/// What is wrong with a row.
type Fault = String;

impl Columns<'_> {
    /// The view of these columns.
    ///
    /// # Errors
    /// When no operation has such columns: the data is damaged, or was changed by hand.
    pub fn to_view(&self) -> Result<View, InvalidRecord> {
        let parts = self.to_parts().map_err(|fault| InvalidRecord::new(self.name, fault))?;
        View::from_parts(parts)
    }

    fn to_parts(&self) -> Result<ViewParts, Fault> {
        let name = OperationName::parse(self.name).map_err(|error| wrong("name", error))?;
        let create_time = Timestamp::from_micros(self.create_time);
        let update_time = Timestamp::from_micros(self.update_time);
        let mut parts = ViewParts::new(name, self.method, create_time, self.to_state(update_time)?);
        parts.owner = Owner::new(self.owner).map_err(|error| wrong("owner", error))?;
        parts.request_id =
            self.request_id.map(RequestId::new).transpose().map_err(|error| wrong("request_id", error))?;
        parts.exclusive = self
            .exclusive_key
            .map(ExclusiveKey::new)
            .transpose()
            .map_err(|error| wrong("exclusive_key", error))?;
        parts.labels = self.labels.clone();
        parts.priority = self.priority;
        parts.max_attempts =
            NonZeroU32::new(number("max_attempts", self.max_attempts)?).ok_or("may never begin")?;
        parts.retry =
            self.retry.as_deref().map(str::parse).transpose().map_err(|error| wrong("retry", error))?;
        parts.deadline = self.deadline.map(Timestamp::from_micros);
        parts.retention = Duration::from_micros(number("retention", self.retention)?);
        parts.update_time = update_time;
        parts.unbegun = number("unbegun", self.unbegun)?;
        parts.metadata = self.metadata.map(Payload::from);
        Ok(parts)
    }

    fn to_state(&self, update_time: Timestamp) -> Result<State, Fault> {
        let last_attempt = Attempt::new(number("attempt", self.attempt)?);
        let is_queued = self.state == Self::QUEUED;
        let is_running = self.state == Self::RUNNING;
        let is_done = self.state == Self::DONE;
        let has_result = self.response.is_some() || self.error_code.is_some();
        let has_holder = self.worker.is_some() || self.delegate.is_some();
        let is_mixed = (self.not_before.is_some() && !is_queued)
            || ((has_holder || self.stop.is_some()) && !is_running)
            || (has_result && !is_done)
            || ((self.error_message.is_some() || self.error_details.is_some()) && self.error_code.is_none());
        if is_mixed {
            return Err("has columns that do not go with its state".into());
        }
        match self.state {
            Self::QUEUED => {
                Ok(State::Queued { not_before: self.not_before.map(Timestamp::from_micros), last_attempt })
            }
            Self::RUNNING => Ok(State::Running {
                holder: self.to_holder()?,
                attempt: last_attempt.ok_or("runs without an attempt")?,
                stop: match self.stop.as_deref() {
                    None => None,
                    Some(text) => Some(StopReason::from_column(text).ok_or("has a stop that is no reason")?),
                },
            }),
            Self::DONE => {
                Ok(State::Done { outcome: self.to_outcome()?, end_time: update_time, last_attempt })
            }
            other => Err(format!("has the state {other}, which there is not")),
        }
    }

    fn to_holder(&self) -> Result<Holder, Fault> {
        match (self.worker, self.delegate) {
            (Some(worker), None) => Ok(Holder::Worker(WorkerId::new(worker))),
            (None, Some(delegate)) => Ok(Holder::Delegate(DelegateId::new(delegate))),
            (None, None) => Err("runs and nobody has it".into()),
            (Some(_), Some(_)) => Err("is with a worker and with others".into()),
        }
    }

    fn to_outcome(&self) -> Result<Outcome, Fault> {
        match (self.response, self.error_code) {
            (Some(response), None) => Ok(Outcome::Response(response.into())),
            (None, Some(code)) => {
                let code = FailureCode::new(code).ok_or("has an error that is none")?;
                let message = std::str::from_utf8(self.error_message.ok_or("has an error without message")?)
                    .map_err(|error| wrong("error_message", error))?
                    .to_owned();
                let details = details::decode(self.error_details.as_deref().unwrap_or_default())
                    .map_err(|error| wrong("error_details", error))?;
                Ok(Outcome::Error(Failure { code, message, details }))
            }
            (None, None) => Err("is done without a result".into()),
            (Some(_), Some(_)) => Err("has a response and an error".into()),
        }
    }
}

impl From<PayloadColumns<'_>> for Payload {
    /// Copies the bytes.
    fn from(columns: PayloadColumns<'_>) -> Self {
        Self::new(columns.type_url, Bytes::copy_from_slice(columns.value))
    }
}

fn wrong(column: &str, error: impl Display) -> Fault {
    format!("has a wrong {column}: {error}")
}

fn number<T: TryFrom<i64>>(column: &str, number: i64) -> Result<T, Fault> {
    number.try_into().map_err(|_| format!("has {number} as {column}, which is out of range"))
}
