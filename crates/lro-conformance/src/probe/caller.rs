//! Calls as one identity at one address, each written down for the report.

use std::time::{Duration, Instant};

use bytes::Bytes;
use prost::Message;
use prost_reflect::{DynamicMessage, SerializeOptions};
use tokio::time::timeout;
use tonic::Status;

use super::reply::Reply;
use super::{Probe, session};
use crate::connect::{Connection, Method};
use crate::outcome::Exchange;
use crate::wire::{
    ListOperationsRequest, ListOperationsResponse, NameRequest, Operation, Show, WaitOperationRequest,
};

/// How long after its deadline a call is given up here, in case nobody else does.
const AFTER_DEADLINE: Duration = Duration::from_secs(2);

/// The longest request that a report shows.
const LONGEST: usize = 300;

/// Calls as one identity at one address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'p> {
    pub(super) probe: &'p Probe<'p>,
    connection: &'p Connection,
}

impl<'p> Caller<'p> {
    pub(super) fn new(probe: &'p Probe<'_>, connection: &'p Connection) -> Self {
        Self { probe, connection }
    }

    /// Calls on a connection of its own, so that calls that wait elsewhere are not in its way.
    pub(crate) fn on<'c>(self, connection: &'c Connection) -> Caller<'c>
    where
        'p: 'c,
    {
        Caller { probe: self.probe, connection }
    }

    pub(crate) fn another_connection(self) -> Connection {
        self.connection.another()
    }

    pub(crate) async fn get(self, name: &str) -> Reply<Operation> {
        self.operations("GetOperation", false, &NameRequest { name: name.to_owned() }, self.deadline()).await
    }

    pub(crate) async fn cancel(self, name: &str) -> Reply<()> {
        self.operations("CancelOperation", true, &NameRequest { name: name.to_owned() }, self.deadline())
            .await
    }

    pub(crate) async fn delete(self, name: &str) -> Reply<()> {
        self.operations("DeleteOperation", true, &NameRequest { name: name.to_owned() }, self.deadline())
            .await
    }

    pub(crate) async fn list(self, request: &ListOperationsRequest) -> Reply<ListOperationsResponse> {
        self.operations("ListOperations", true, request, self.deadline()).await
    }

    /// Waits with a timeout, and with a deadline that comes later.
    pub(crate) async fn wait(self, name: &str, time: Duration) -> Reply<Operation> {
        let deadline = time + self.deadline();
        self.wait_until(name, Some(session::duration(time)), deadline).await
    }

    /// Waits with any timeout and any deadline.
    pub(crate) async fn wait_until(
        self,
        name: &str,
        timeout: Option<prost_types::Duration>,
        deadline: Duration,
    ) -> Reply<Operation> {
        let request = WaitOperationRequest { name: name.to_owned(), timeout };
        self.operations("WaitOperation", true, &request, deadline).await
    }

    /// Starts an operation.
    pub(crate) async fn start(self, method: &Method, request: &DynamicMessage) -> Reply<Operation> {
        let call = method.name.rsplit('.').next().unwrap_or(&method.name);
        let (result, took) = self.call(&method.name, request.encode_to_vec(), self.deadline()).await;
        self.record(call, &show(request), &result, took);
        Reply { call: "the start", result, took, optional: false }
    }

    async fn operations<Req: Message + Show, Res: Message + Default + Show>(
        self,
        call: &'static str,
        optional: bool,
        request: &Req,
        deadline: Duration,
    ) -> Reply<Res> {
        let path = format!("google.longrunning.Operations/{call}");
        let (result, took) = self.call(&path, request.encode_to_vec(), deadline).await;
        self.record(call, &request.show(), &result, took);
        Reply { call, result, took, optional }
    }

    async fn call<Res: Message + Default>(
        self,
        path: &str,
        request: Vec<u8>,
        deadline: Duration,
    ) -> (Result<Res, Status>, Duration) {
        let begin = Instant::now();
        let call = self.connection.call(path, Bytes::from(request), deadline);
        let answer = timeout(deadline + AFTER_DEADLINE, call)
            .await
            .unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer, long after the deadline")));
        let result = answer.and_then(|bytes| {
            Res::decode(bytes)
                .map_err(|error| Status::data_loss(format!("the answer cannot be read: {error}")))
        });
        (result, begin.elapsed())
    }

    fn record<T: Show>(self, call: &str, sent: &str, result: &Result<T, Status>, took: Duration) {
        let came = match result {
            Ok(answer) => answer.show(),
            Err(status) => status.show(),
        };
        self.probe.record(Exchange { call: call.to_owned(), sent: sent.to_owned(), came, took });
    }

    fn deadline(self) -> Duration {
        self.probe.timeouts().call
    }
}

fn show(request: &DynamicMessage) -> String {
    let mut json = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut json);
    if request.serialize_with_options(&mut serializer, &SerializeOptions::new()).is_err() {
        return format!("{{ {} bytes }}", request.encoded_len());
    }
    let mut text = String::from_utf8_lossy(&json).into_owned();
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}
