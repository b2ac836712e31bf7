//! The client: uploads actions, starts them and follows them, by a stream for as long as it lives and by `WaitExecution` after
//! it broke.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lro::{Operation, Polling};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, GrpcMethod, Request, Status};

use crate::digest;
use crate::job::{Job, Uploads};
use crate::pb::action_cache_client::ActionCacheClient;
use crate::pb::content_addressable_storage_client::ContentAddressableStorageClient;
use crate::pb::execution_lro::ExecutionLroClient;
use crate::pb::{
    ActionResult, BatchReadBlobsRequest, BatchUpdateBlobsRequest, Digest, ExecuteOperationMetadata,
    ExecuteRequest, ExecuteResponse, FindMissingBlobsRequest, GetActionResultRequest,
    batch_update_blobs_request,
};

/// The handle of an execution.
pub type Execution = Operation<ExecuteResponse, ExecuteOperationMetadata>;

/// How many bytes of blobs go into one call. gRPC servers take 4 MiB unless they are told otherwise.
const BATCH: usize = 2 << 20;

/// A connection to a server.
#[derive(Debug, Clone)]
pub struct Client {
    execution: ExecutionLroClient,
    storage: ContentAddressableStorageClient<InterceptedService<Channel, Calls>>,
    cache: ActionCacheClient<InterceptedService<Channel, Calls>>,
    calls: Calls,
}

/// Notes which RPCs are called.
#[derive(Debug, Clone, Default)]
struct Calls(Arc<Mutex<Vec<String>>>);

impl Interceptor for Calls {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(method) =
            request.extensions().get::<GrpcMethod<'static>>().map(|called| called.method().to_owned())
        {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(method);
        }
        Ok(request)
    }
}

impl Client {
    /// Connects to a server, such as `http://127.0.0.1:8980`.
    ///
    /// # Errors
    ///
    /// Nothing answers there.
    pub async fn connect(address: &str) -> Result<Self, tonic::transport::Error> {
        let channel = Endpoint::from_shared(address.to_owned())?.connect().await?;
        let calls = Calls::default();
        let channel = InterceptedService::new(channel, calls.clone());
        // Executions may take hours; streams that break are opened again soon.
        let polling = Polling::new()
            .with_initial_delay(Duration::from_millis(100))
            .with_max_delay(Duration::from_secs(1))
            .with_total_timeout(Duration::MAX);
        Ok(Self {
            execution: lro::Client::new(channel.clone()).polling(polling).into(),
            storage: ContentAddressableStorageClient::new(channel.clone()),
            cache: ActionCacheClient::new(channel),
            calls,
        })
    }

    /// The names of the RPCs that were called, in their order.
    pub fn calls(&self) -> Vec<String> {
        self.calls.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Uploads what the server has not of a job, and returns the digest of its action.
    ///
    /// # Errors
    ///
    /// A call fails, or the server does not take a blob.
    pub async fn upload(&self, job: &Job) -> Result<Digest, Status> {
        let (action, uploads) = job.encode();
        self.store(&uploads).await?;
        Ok(action)
    }

    /// Uploads those of some blobs that the server has not.
    ///
    /// # Errors
    ///
    /// Those of [`upload`](Self::upload).
    pub async fn store(&self, uploads: &Uploads) -> Result<(), Status> {
        let blob_digests = uploads.values().map(|(digest, _)| digest.clone()).collect();
        let request = FindMissingBlobsRequest { blob_digests, ..FindMissingBlobsRequest::default() };
        let missing = self.storage.clone().find_missing_blobs(request).await?.into_inner();
        let (mut batch, mut size) = (Vec::new(), 0);
        for digest in missing.missing_blob_digests {
            let Some((digest, data)) = uploads.get(&digest::text(&digest)).cloned() else { continue };
            if size + data.len() > BATCH {
                self.send(std::mem::take(&mut batch)).await?;
                size = 0;
            }
            size += data.len();
            batch.push(batch_update_blobs_request::Request { digest: Some(digest), data });
        }
        self.send(batch).await
    }

    async fn send(&self, requests: Vec<batch_update_blobs_request::Request>) -> Result<(), Status> {
        if requests.is_empty() {
            return Ok(());
        }
        let request = BatchUpdateBlobsRequest { requests, ..BatchUpdateBlobsRequest::default() };
        let answer = self.storage.clone().batch_update_blobs(request).await?.into_inner();
        answer.responses.into_iter().try_for_each(|response| ok(response.status))
    }

    /// Starts an action that is in the storage, and returns when its execution has a name.
    ///
    /// # Errors
    ///
    /// The server refuses it, such as for a blob that is missing.
    pub async fn execute(&self, action: &Digest) -> Result<Execution, Status> {
        self.request(ExecuteRequest { action_digest: Some(action.clone()), ..ExecuteRequest::default() })
            .await
    }

    /// Likewise, with a request of the caller's.
    ///
    /// # Errors
    ///
    /// Those of [`execute`](Self::execute).
    pub async fn request(&self, request: ExecuteRequest) -> Result<Execution, Status> {
        self.execution.execute(request).await
    }

    /// Picks up an execution by its name, in this process or another.
    pub fn resume(&self, name: &str) -> Execution {
        self.execution.execute_operation(name)
    }

    /// A blob of the server's.
    ///
    /// # Errors
    ///
    /// The call fails, or there is no such blob.
    pub async fn read(&self, digest: Option<&Digest>) -> Result<Vec<u8>, Status> {
        let digests = digest.into_iter().cloned().collect();
        let request = BatchReadBlobsRequest { digests, ..BatchReadBlobsRequest::default() };
        let answer = self.storage.clone().batch_read_blobs(request).await?.into_inner();
        let Some(response) = answer.responses.into_iter().next() else { return Ok(Vec::new()) };
        ok(response.status)?;
        Ok(response.data)
    }

    /// The result that the server remembers of an action.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` if there is none.
    pub async fn remembered(&self, action: &Digest) -> Result<ActionResult, Status> {
        let request = GetActionResultRequest {
            action_digest: Some(action.clone()),
            ..GetActionResultRequest::default()
        };
        Ok(self.cache.clone().get_action_result(request).await?.into_inner())
    }
}

fn ok(status: Option<lro::google::rpc::Status>) -> Result<(), Status> {
    match status {
        Some(status) if status.code != 0 => Err(Status::new(Code::from_i32(status.code), status.message)),
        _ => Ok(()),
    }
}
