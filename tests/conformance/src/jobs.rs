//! The service whose operations do as they are told.

use std::time::Duration;

use lro::{Context, Start};
use tonic::{Code, Request, Status};

use crate::pb::jobs_lro::JobsLro;
use crate::pb::{RunJobMetadata, RunJobRequest, RunJobResponse};

/// The service.
#[derive(Debug)]
pub(crate) struct Jobs;

impl JobsLro for Jobs {
    async fn start_run_job(&self, request: &Request<RunJobRequest>) -> Result<Start<RunJobMetadata>, Status> {
        let RunJobRequest { parent, millis, .. } = request.get_ref();
        if parent.is_empty() {
            return Err(Status::invalid_argument("parent: a job needs one"));
        }
        Ok(Start::new().parent(parent).metadata(RunJobMetadata { millis: *millis }))
    }

    async fn run_job(
        &self,
        request: RunJobRequest,
        operation: Context<RunJobMetadata>,
    ) -> Result<RunJobResponse, Status> {
        let work = tokio::time::sleep(Duration::from_millis(request.millis.into()));
        tokio::select! {
            () = work => {}
            () = operation.cancelled() => return Err(Status::cancelled("the job was cancelled")),
        }
        match Code::from(request.code) {
            Code::Ok => Ok(RunJobResponse { text: request.text }),
            code => Err(lro_error(code)),
        }
    }
}

/// A failure as AIP-193 wants it.
fn lro_error(code: Code) -> Status {
    use prost::Message as _;
    let info = lro::google::rpc::ErrorInfo {
        reason: "JOB_FAILED".to_owned(),
        domain: "conformance.example".to_owned(),
        metadata: std::collections::HashMap::new(),
    };
    let message = "the job was told to fail".to_owned();
    let details = lro::google::rpc::Status {
        code: code.into(),
        message: message.clone(),
        details: vec![lro::Any::from_msg(&info).expect("a message has a name and can be encoded")],
    };
    Status::with_details(code, message, details.encode_to_vec().into())
}
