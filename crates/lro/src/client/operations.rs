//! The calls of `google.longrunning.Operations` about one operation, and the last answer to them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tonic::{Request, Status};

use super::kind::Kind;
use super::{Client, header};
use crate::Routing;
use crate::google::longrunning;

/// What all handles of one operation share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) name: String,
    pub(super) client: Client,
    latest: Mutex<Option<longrunning::Operation>>,
    /// Whether calls about the operation carry a routing header, as calls of its method do.
    routed: AtomicBool,
}

impl Shared {
    pub(super) fn new(client: Client, name: String, latest: Option<longrunning::Operation>) -> Self {
        Self { name, client, latest: Mutex::new(latest), routed: AtomicBool::new(false) }
    }

    /// Adds a routing header to every call about the operation, whichever handle makes the call.
    pub(super) fn route(&self) {
        self.routed.store(true, Ordering::Relaxed);
    }

    /// The operation as the server last described it.
    pub(super) fn latest(&self) -> Option<longrunning::Operation> {
        self.lock().clone()
    }

    /// The operation as it ended, if the end is known. It never changes again, so no call is needed.
    pub(super) fn ended(&self) -> Option<longrunning::Operation> {
        self.lock().clone().filter(|operation| operation.done)
    }

    pub(super) fn is_known(&self) -> bool {
        self.lock().is_some()
    }

    /// Keeps the server's answer, and returns what is known now. If the end is known already, an answer that
    /// arrives late does not replace it.
    pub(super) fn remember(&self, answer: longrunning::Operation) -> longrunning::Operation {
        let mut latest = self.lock();
        match &*latest {
            Some(known) if known.done => known.clone(),
            _ => latest.insert(answer).clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<longrunning::Operation>> {
        // The value is only ever replaced as a whole, so a panic elsewhere cannot leave half a value behind.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that the operation has a name, because the server cannot be asked without one.
    pub(super) fn named(&self) -> Result<(), Kind> {
        if self.name.is_empty() { Err(Kind::Malformed("it has no name to ask for it by")) } else { Ok(()) }
    }

    pub(super) async fn get(&self, time_limit: Option<Duration>) -> Result<longrunning::Operation, Status> {
        let mut request = self.request(longrunning::GetOperationRequest { name: self.name.clone() });
        if let Some(limit) = time_limit {
            request.set_timeout(limit);
        }
        self.client.operations("/google.longrunning.Operations/GetOperation", request).await
    }

    /// Asks the server to answer when the operation ends, or after `hold` if it has not ended by then.
    pub(super) async fn wait(
        &self,
        hold: Duration,
        time_limit: Duration,
    ) -> Result<longrunning::Operation, Status> {
        let mut request = self.request(longrunning::WaitOperationRequest {
            name: self.name.clone(),
            timeout: prost_types::Duration::try_from(hold).ok(),
        });
        request.set_timeout(time_limit);
        self.client.operations("/google.longrunning.Operations/WaitOperation", request).await
    }

    pub(super) async fn cancel(&self) -> Result<(), Status> {
        let request = self.request(longrunning::CancelOperationRequest { name: self.name.clone() });
        self.client.operations("/google.longrunning.Operations/CancelOperation", request).await
    }

    pub(super) async fn delete(&self) -> Result<(), Status> {
        let request = self.request(longrunning::DeleteOperationRequest { name: self.name.clone() });
        self.client.operations("/google.longrunning.Operations/DeleteOperation", request).await
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if self.routed.load(Ordering::Relaxed) {
            header::add_routing(&mut request, &Routing::new().field("name", &self.name));
        }
        request
    }
}
