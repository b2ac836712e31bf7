//! The service that runs actions.

use std::sync::Arc;

use lro::{Context, Engine, OperationStream, Start};
use tonic::{Request, Response, Status};

use crate::digest;
use crate::machine::{self, Machine};
use crate::pb::execution_lro::ExecutionLro;
use crate::pb::execution_stage::Value as Stage;
use crate::pb::{
    ActionResult, Digest, ExecuteOperationMetadata, ExecuteRequest, ExecuteResponse, WaitExecutionRequest,
};
use crate::plan::{self, Plan};
use crate::problem::{self, blocking};
use crate::storage::Storage;

/// The service.
#[derive(Debug)]
pub struct Execution {
    /// What has the operations. The engine holds no service, so this is no circle.
    pub engine: Engine,
    /// What has inputs, outputs and results.
    pub storage: Storage,
    /// What runs actions.
    pub machine: Machine,
}

impl ExecutionLro for Execution {
    // What is wrong with the request is the error of the call, and what is known already needs no work.
    async fn start_execute(
        &self,
        request: &Request<ExecuteRequest>,
    ) -> Result<Start<ExecuteOperationMetadata>, Status> {
        let request = request.get_ref();
        let plan = self.plan(request).await?;
        self.machine.limit(&plan)?;
        let action = request.action_digest.clone().unwrap_or_default();
        if let Some(result) = self.cached(request, &plan).await? {
            return Ok(Start::done(cached(result)).metadata(metadata(Stage::Completed, action)));
        }
        let start = Start::new().metadata(metadata(Stage::CacheCheck, action.clone()));
        // Whoever asks for the same action while it runs gets this operation. An action that is not to be shared runs for each.
        Ok(if plan.is_shared { start.join(format!("actions/{}", digest::text(&action))) } else { start })
    }

    // The work. However it ends, that is a response: an error of the operation would say that the service itself is at fault.
    async fn execute(
        &self,
        request: ExecuteRequest,
        operation: Context<ExecuteOperationMetadata>,
    ) -> Result<ExecuteResponse, Status> {
        let response = self.steps(&request, &operation).await.unwrap_or_else(|status| ExecuteResponse {
            status: Some(problem::to_message(&status)),
            ..ExecuteResponse::default()
        });
        // It is written with the response. Whether the work is asked to stop does not matter any more.
        drop(operation.progress(metadata(Stage::Completed, request.action_digest.unwrap_or_default())).await);
        Ok(response)
    }

    type WaitExecutionStream = OperationStream;

    async fn wait_execution(
        &self,
        request: Request<WaitExecutionRequest>,
    ) -> Result<Response<OperationStream>, Status> {
        let caller = self.engine.caller(&request)?;
        Ok(Response::new(self.engine.watch(&caller, &request.get_ref().name)?.into()))
    }
}

impl Execution {
    async fn steps(
        &self,
        request: &ExecuteRequest,
        operation: &Context<ExecuteOperationMetadata>,
    ) -> Result<ExecuteResponse, Status> {
        let action = request.action_digest.clone().unwrap_or_default();
        let enter = |stage| operation.progress(metadata(stage, action.clone()));
        enter(Stage::CacheCheck).await?;
        let plan = Arc::new(self.plan(request).await?);
        // Again, because the one that this might have joined may have ended between the first look and the start.
        if let Some(result) = self.cached(request, &plan).await? {
            return Ok(cached(result));
        }
        enter(Stage::Queued).await?;
        let _place = tokio::select! {
            place = self.machine.place() => place?,
            () = operation.cancelled() => return Err(Status::cancelled("cancelled before it has run")),
        };
        enter(Stage::Executing).await?;
        let response = self.machine.run(Arc::clone(&plan), operation.cancelled()).await?;
        if let (true, Some(result)) = (plan.is_shared, machine::is_worth_keeping(&response)) {
            let (cache, result) = (self.storage.cache.clone(), result.clone());
            blocking(move || cache.put(&action, &result).map_err(|error| problem::own(&error))).await?;
        }
        Ok(response)
    }

    async fn plan(&self, request: &ExecuteRequest) -> Result<Plan, Status> {
        let (blobs, action) = (self.storage.blobs.clone(), request.action_digest.clone());
        blocking(move || plan::read(&blobs, action.as_ref())).await
    }

    /// The result that there is already, if one is wanted.
    async fn cached(&self, request: &ExecuteRequest, plan: &Plan) -> Result<Option<ActionResult>, Status> {
        if request.skip_cache_lookup || !plan.is_shared {
            return Ok(None);
        }
        let (cache, action) = (self.storage.cache.clone(), request.action_digest.clone().unwrap_or_default());
        blocking(move || cache.get(&action).map_err(|error| problem::own(&error))).await
    }
}

fn cached(result: ActionResult) -> ExecuteResponse {
    ExecuteResponse { result: Some(result), cached_result: true, ..ExecuteResponse::default() }
}

fn metadata(stage: Stage, action: Digest) -> ExecuteOperationMetadata {
    ExecuteOperationMetadata { stage: stage.into(), action_digest: Some(action) }
}
