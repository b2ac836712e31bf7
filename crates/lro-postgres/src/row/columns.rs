//! Operations as arrays of columns, which one statement writes.

use lro_store::{Columns, Failure, Fence, Holder, NewOperation, Outcome, Payload, Timestamp, View, WorkerId};

use crate::row::{labels_to_json, value};

/// Payloads in two columns.
#[derive(Debug, Default)]
pub(crate) struct Payloads<'a> {
    pub(crate) types: Vec<Option<&'a [u8]>>,
    pub(crate) values: Vec<Option<&'a [u8]>>,
}

impl<'a> Payloads<'a> {
    pub(crate) fn push(&mut self, payload: Option<&'a Payload>) {
        self.types.push(payload.map(|payload| payload.type_url.as_bytes()));
        self.values.push(payload.map(value));
    }
}

/// Outcomes in five columns.
#[derive(Debug, Default)]
pub(crate) struct Outcomes<'a> {
    pub(crate) responses: Payloads<'a>,
    pub(crate) codes: Vec<Option<i32>>,
    pub(crate) messages: Vec<Option<&'a [u8]>>,
    pub(crate) details: Vec<Option<Vec<u8>>>,
}

impl<'a> Outcomes<'a> {
    pub(crate) fn push(&mut self, outcome: Option<&'a Outcome>) {
        let (response, failure) = match outcome {
            Some(Outcome::Response(response)) => (Some(response), None),
            Some(Outcome::Error(failure)) => (None, Some(failure)),
            None => (None, None),
        };
        self.responses.push(response);
        self.codes.push(failure.map(|failure| failure.code.number()));
        self.messages.push(failure.map(|failure| failure.message.as_bytes()));
        self.details.push(failure.and_then(details));
    }
}

/// The details of a failure, as [`Columns`] has them.
fn details(failure: &Failure) -> Option<Vec<u8>> {
    (!failure.details.is_empty()).then(|| Columns::encode_details(&failure.details))
}

/// Fences in four columns.
#[derive(Debug, Default)]
pub(crate) struct Fences<'a> {
    pub(crate) names: Vec<&'a str>,
    pub(crate) workers: Vec<Option<&'a str>>,
    pub(crate) delegates: Vec<Option<&'a str>>,
    pub(crate) attempts: Vec<i64>,
}

impl<'a> Fences<'a> {
    pub(crate) fn push(&mut self, fence: &'a Fence) {
        let (worker, delegate) = match &fence.holder {
            Holder::Worker(worker) => (Some(worker.as_str()), None),
            Holder::Delegate(delegate) => (None, Some(delegate.as_str())),
        };
        self.names.push(fence.name.as_str());
        self.workers.push(worker);
        self.delegates.push(delegate);
        self.attempts.push(fence.attempt.number().into());
    }
}

/// New operations, as they would be created at time zero: what is relative to the present is written as it is.
#[derive(Debug, Default)]
pub(crate) struct New<'a> {
    pub(crate) names: Vec<&'a str>,
    pub(crate) parents: Vec<&'a str>,
    pub(crate) methods: Vec<&'a str>,
    pub(crate) owners: Vec<&'a str>,
    pub(crate) request_ids: Vec<Option<&'a str>>,
    pub(crate) requests: Payloads<'a>,
    pub(crate) keys: Vec<Option<&'a str>>,
    pub(crate) labels: Vec<Option<String>>,
    pub(crate) priorities: Vec<i16>,
    pub(crate) max_attempts: Vec<i64>,
    pub(crate) retries: Vec<Option<String>>,
    pub(crate) deadlines: Vec<Option<i64>>,
    pub(crate) retentions: Vec<i64>,
    pub(crate) delays: Vec<i64>,
    pub(crate) metadata: Payloads<'a>,
    pub(crate) beginnings: Vec<i16>,
    pub(crate) holders: Vec<Option<&'a str>>,
    pub(crate) may_run: Vec<bool>,
    pub(crate) outcomes: Outcomes<'a>,
}

impl<'a> New<'a> {
    /// The view that [`push`](Self::push) takes.
    pub(crate) fn at_zero(new: &NewOperation) -> View {
        new.clone().into_record(Timestamp::UNIX_EPOCH, false).view
    }

    /// `may_run` is whether its key lets it run at once.
    pub(crate) fn push(&mut self, new: &'a NewOperation, view: &'a View, may_run: bool) {
        let columns = Columns::from(view);
        let beginning = match (columns.state, new.claimed_by()) {
            (Columns::DONE, _) => 3,
            (Columns::RUNNING, _) => 2,
            (_, Some(_)) => 1,
            (_, None) => 0,
        };
        self.names.push(columns.name);
        self.parents.push(view.name().parent());
        self.methods.push(columns.method);
        self.owners.push(columns.owner);
        self.request_ids.push(columns.request_id);
        self.requests.push(Some(new.request()));
        self.keys.push(columns.exclusive_key);
        self.labels.push(labels_to_json(view.labels()));
        self.priorities.push(columns.priority);
        self.max_attempts.push(columns.max_attempts);
        self.retries.push(columns.retry.map(Into::into));
        self.deadlines.push(columns.deadline);
        self.retentions.push(columns.retention);
        self.delays.push(columns.not_before.unwrap_or(0));
        self.metadata.push(view.metadata());
        self.beginnings.push(beginning);
        self.holders.push(columns.delegate.or(new.claimed_by().map(WorkerId::as_str)));
        self.may_run.push(may_run);
        self.outcomes.push(view.outcome());
    }
}

/// A duration that a store can keep, in microseconds.
pub(crate) fn micros(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The metadata of a view, if it is other than before.
pub(crate) fn new_metadata<'a>(before: &View, after: &'a View) -> Option<&'a Payload> {
    after.metadata().filter(|metadata| before.metadata() != Some(metadata))
}
