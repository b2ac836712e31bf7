//! Operations as rows of a table, for stores on SQL databases.

mod details;
mod from_view;
mod to_view;

use std::borrow::Cow;

use crate::{Labels, Payload};

/// A [`View`](crate::View) as the columns of a row, in types that every SQL database has.
///
/// `Columns::from(&view)` is what a store writes, and [`to_view`](Self::to_view) makes a view of what it has read,
/// or says what is wrong with it. Texts and bytes are borrowed, from the view or from the row. Times and
/// durations are in microseconds, times since the Unix epoch.
///
/// What is derived is not among them: a store that looks for operations by their parent
/// ([`OperationName::parent`](crate::OperationName::parent)) or by the end of their retention
/// ([`View::expire_time`](crate::View::expire_time)) keeps these beside.
///
/// The error message goes into a binary column, because it may have NUL in it. All other texts have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns<'a> {
    /// The name. Unique.
    pub name: &'a str,
    /// The path of the RPC.
    pub method: &'a str,
    /// Whose it is; empty for nobody's.
    pub owner: &'a str,
    /// The id of the request. Unique per owner and method.
    pub request_id: Option<&'a str>,
    /// The exclusive key. Of those with one key that are not done, at most one is running.
    pub exclusive_key: Option<&'a str>,
    /// What travels with it.
    pub labels: Labels,
    /// The higher, the sooner it is claimed.
    pub priority: i16,
    /// How often the work may begin; at least 1.
    pub max_attempts: i64,
    /// The policy for retries, as [`Retry`](crate::Retry) writes it; `None` for the default one.
    pub retry: Option<Cow<'a, str>>,
    /// When it ends unless it is done.
    pub deadline: Option<i64>,
    /// For how long it is kept once it is done.
    pub retention: i64,
    /// When it was created.
    pub create_time: i64,
    /// When it was last changed; if it is done, when it ended.
    pub update_time: i64,
    /// [`QUEUED`](Self::QUEUED), [`RUNNING`](Self::RUNNING) or [`DONE`](Self::DONE).
    pub state: i16,
    /// If queued: when it may begin; `None` for at once.
    pub not_before: Option<i64>,
    /// The number of the last claim; 0 if there was none.
    pub attempt: i64,
    /// How many claims were handed back before the work began.
    pub unbegun: i64,
    /// If running: the worker that has it. Just one of this and `delegate` is there.
    pub worker: Option<&'a str>,
    /// If running: the secret of those who finish it.
    pub delegate: Option<&'a str>,
    /// If running: why it is asked to stop, as [`StopReason::to_column`](crate::StopReason::to_column) writes it.
    pub stop: Option<Cow<'a, str>>,
    /// The latest progress.
    pub metadata: Option<PayloadColumns<'a>>,
    /// If done: the response. Just one of this and `error_code` is there.
    pub response: Option<PayloadColumns<'a>>,
    /// If done: the code of the error.
    pub error_code: Option<i32>,
    /// With a code: the message.
    pub error_message: Option<&'a [u8]>,
    /// With a code, if there are any: the details, as the field `details` of an encoded `google.rpc.Status`.
    pub error_details: Option<Cow<'a, [u8]>>,
}

/// A [`Payload`](crate::Payload) as two columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadColumns<'a> {
    /// Which message it is.
    pub type_url: &'a str,
    /// The encoded message.
    pub value: &'a [u8],
}

impl Columns<'_> {
    /// The `state` of an operation that waits to be claimed.
    pub const QUEUED: i16 = 0;
    /// The `state` of an operation that somebody has.
    pub const RUNNING: i16 = 1;
    /// The `state` of an operation that is over.
    pub const DONE: i16 = 2;

    /// What [`error_details`](Self::error_details) has for these, for a store that writes an outcome without having
    /// read the rest of the operation. Without details, the column is `None`.
    pub fn encode_details(details: &[Payload]) -> Vec<u8> {
        details::encode(details)
    }
}
