//! How one operation goes on, with its types.

use std::time::Duration;

use prost::Message;
use prost_types::Any;
use tonic::Status;

use super::plan::{OnCancel, Plan, failure};
use crate::Method;
use crate::google::longrunning::operation;
use crate::payload;

/// How one operation goes on, by times that count from its start.
///
/// Without an end it never ends. When it is cancelled, it ends at once with CANCELLED, unless it has ended before.
#[derive(Debug, Clone)]
#[must_use = "it does nothing before it is given to a `ScriptedServer`"]
pub struct Script<Res, Meta> {
    name: Option<String>,
    parent: String,
    progress: Vec<(Duration, Said<Meta>)>,
    end: Option<(Duration, End<Res>)>,
    response_size: usize,
    hidden_for: Duration,
    on_cancel: OnCancel,
}

/// A message of the declared type, or whatever else.
#[derive(Debug, Clone)]
enum Said<M> {
    Typed(M),
    Raw(Any),
}

#[derive(Debug, Clone)]
enum End<Res> {
    Response(Res),
    Raw(Option<operation::Result>),
}

impl<Res, Meta> Default for Script<Res, Meta> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Res, Meta> Script<Res, Meta> {
    /// An operation without metadata that never ends.
    pub fn new() -> Self {
        Self {
            name: None,
            parent: String::new(),
            progress: Vec::new(),
            end: None,
            response_size: 0,
            hidden_for: Duration::ZERO,
            on_cancel: OnCancel::EndAfter(Duration::ZERO),
        }
    }

    /// Puts a parent before the name, such as `shelves/1`. Without one names are `operations/1`, `operations/2` and so on.
    pub fn parent(mut self, parent: impl Into<String>) -> Self {
        self.parent = parent.into();
        self
    }

    /// Sets the whole name. If there is an operation of that name, this one takes its place.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Has this metadata from `time` on; from zero on, the answer to the start has it already.
    pub fn progress_at(mut self, time: Duration, metadata: Meta) -> Self {
        self.progress.push((time, Said::Typed(metadata)));
        self
    }

    /// Likewise, with metadata that may be of another type.
    pub fn raw_progress_at(mut self, time: Duration, metadata: Any) -> Self {
        self.progress.push((time, Said::Raw(metadata)));
        self
    }

    /// Ends with a response. At zero, the answer to the start is done.
    pub fn succeed_at(mut self, time: Duration, response: Res) -> Self {
        self.end = Some((time, End::Response(response)));
        self
    }

    /// Ends with the code, message and details of `status`.
    pub fn fail_at(self, time: Duration, status: &Status) -> Self {
        self.end_at(time, Some(operation::Result::Error(failure(status))))
    }

    /// Ends with anything: a response of another type, without a type URL, or with one that ends with a slash; `None` is neither a response nor an
    /// error.
    pub fn end_at(mut self, time: Duration, result: Option<operation::Result>) -> Self {
        self.end = Some((time, End::Raw(result)));
        self
    }

    /// Makes the response at least as large as this, in bytes, by a field that no message has.
    pub fn response_size(mut self, bytes: usize) -> Self {
        self.response_size = bytes;
        self
    }

    /// The operation is `NOT_FOUND` for this long after it was started.
    pub fn hidden_for(mut self, time: Duration) -> Self {
        self.hidden_for = time;
        self
    }

    /// When it is cancelled, the operation goes on for this long, and then ends with CANCELLED, unless it ends by itself before.
    pub fn cancelled_after(mut self, time: Duration) -> Self {
        self.on_cancel = OnCancel::EndAfter(time);
        self
    }

    /// Being cancelled changes nothing. The answer to such a request is a success all the same.
    pub fn ignore_cancel(mut self) -> Self {
        self.on_cancel = OnCancel::GoOn;
        self
    }

    /// Packs the messages by the names that `method` has for them.
    pub(super) fn plan<Req>(self, method: &Method<Req, Res, Meta>) -> Plan
    where
        Res: Message,
        Meta: Message,
    {
        let mut progress: Vec<_> = self
            .progress
            .into_iter()
            .map(|(time, said)| match said {
                Said::Typed(metadata) => (time, payload::pack(method.metadata_type(), &metadata)),
                Said::Raw(any) => (time, any),
            })
            .collect();
        progress.sort_by_key(|(time, _)| *time);
        let end = self.end.map(|(time, end)| match end {
            End::Response(response) => {
                let response = payload::pack(method.response_type(), &response);
                (time, Some(operation::Result::Response(response)))
            }
            End::Raw(result) => (time, result),
        });
        Plan {
            name: self.name,
            parent: self.parent,
            progress,
            end: end.map(|(time, result)| (time, padded(result, self.response_size))),
            hidden_for: self.hidden_for,
            on_cancel: self.on_cancel,
        }
    }
}

/// Adds an unknown field to a response that is smaller than `size`: the highest number there is, with bytes.
fn padded(mut result: Option<operation::Result>, size: usize) -> Option<operation::Result> {
    if let Some(operation::Result::Response(response)) = &mut result
        && let Some(missing) = size.checked_sub(response.value.len())
        && missing > 0
    {
        const NUMBER: u32 = (1 << 29) - 1;
        prost::encoding::bytes::encode(NUMBER, &vec![0_u8; missing], &mut response.value);
    }
    result
}
