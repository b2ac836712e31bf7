//! What the RPCs answer where nothing goes wrong.

use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use prost_types::Any;
use tonic::Status;

use super::methods::Asked;
use super::operations::Entry;
use super::request::Asks;
use super::shared::{Shared, lock};
use super::waiting::Kind;
use crate::google::longrunning::{
    ListOperationsRequest, ListOperationsResponse, Operation, WaitOperationRequest, operation,
};

impl Shared {
    /// Carries a call out. `number` is the place of the call in the log.
    pub(super) async fn execute(&self, path: &str, asks: Asks, number: usize) -> Result<Vec<u8>, Status> {
        match asks {
            Asks::Start(message) => self.start(path, &message, number).map(|started| started.encode_to_vec()),
            Asks::Get(request) => Ok(self.find(&request.name)?.state().encode_to_vec()),
            Asks::Wait(request) => self.wait(request).await.map(|operation| operation.encode_to_vec()),
            Asks::Cancel(request) => {
                self.find(&request.name)?.cancel();
                Ok(Vec::new())
            }
            Asks::Delete(request) => lock(&self.state).operations.delete(&request.name).map(|()| Vec::new()),
            Asks::List(request) => self.list(&request).map(|page| page.encode_to_vec()),
        }
    }

    fn find(&self, name: &str) -> Result<Arc<Entry>, Status> {
        lock(&self.state).operations.find(name)
    }

    fn start(&self, path: &str, message: &[u8], number: usize) -> Result<Operation, Status> {
        let start = lock(&self.state).methods.at(path)?;
        // The script may ask the server something, so that nothing is locked while it is made.
        let (request_id, plan) = match start(message)? {
            Asked::Check(operation) => return Ok(operation),
            Asked::Operation { request_id, plan } => (request_id, plan),
        };
        let known = lock(&self.state).operations.started_by(path, &request_id);
        let entry = known.unwrap_or_else(|| {
            let plan = plan();
            lock(&self.state).operations.start_by(path, request_id, plan)
        });
        lock(&self.state).calls[number].operation = Some(entry.name.clone());
        Ok(entry.state())
    }

    async fn wait(&self, request: WaitOperationRequest) -> Result<Operation, Status> {
        let (at_most, then) = {
            let mut state = lock(&self.state);
            match &mut state.waiting.kind {
                Kind::Refused(status) => return Err(status.clone()),
                Kind::Holds { at_most, then } => (*at_most, then.clone()),
                Kind::Stub(dice) => {
                    let done = dice.flip();
                    state.operations.find(&request.name)?;
                    return Ok(stub(request.name, done));
                }
            }
        };
        let entry = self.find(&request.name)?;
        let asked = request.timeout.map_or(Ok(Duration::MAX), Duration::try_from);
        let asked = asked.map_err(|_| Status::invalid_argument("the timeout is negative"))?;
        let is_over = {
            let _held = self.hold();
            tokio::time::timeout(asked.min(at_most), entry.ended()).await.is_err()
        };
        match then {
            Some(status) if is_over && at_most <= asked => Err(status),
            _ => Ok(entry.state()),
        }
    }

    fn list(&self, request: &ListOperationsRequest) -> Result<ListOperationsResponse, Status> {
        let wrong = |_| Status::invalid_argument("the page token is none of this server");
        let skip: usize = match request.page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(wrong)?,
        };
        let size = match request.page_size {
            0 => 50,
            size => {
                usize::try_from(size).map_err(|_| Status::invalid_argument("the page size is negative"))?
            }
        };
        let entries = lock(&self.state).operations.below(&request.name);
        let operations: Vec<_> = entries.iter().skip(skip).take(size).map(|entry| entry.state()).collect();
        let next = skip + operations.len();
        let next_page_token = if next < entries.len() { next.to_string() } else { String::new() };
        Ok(ListOperationsResponse { operations, next_page_token, ..ListOperationsResponse::default() })
    }
}

/// What a stub of `WaitOperation` answers.
fn stub(name: String, done: bool) -> Operation {
    let result = done.then(|| operation::Result::Response(Any::default()));
    Operation { name, metadata: None, done, result }
}
