//! The machine that runs actions, with as many places as it has.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lro::google::rpc;
use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::{Code, Status};

use crate::cas::Blobs;
use crate::pb::{ActionResult, ExecuteResponse};
use crate::plan::Plan;
use crate::problem::{self, blocking};
use crate::sandbox::{self, End, Folder, Isolation};

/// A machine. Actions that find no place wait for one, in their order.
#[derive(Debug)]
pub struct Machine {
    blobs: Blobs,
    isolation: Isolation,
    /// Where the folders of actions are.
    work: PathBuf,
    places: Semaphore,
    longest: Duration,
}

impl Machine {
    /// A machine that runs `places` actions at a time, each for at most `longest`, in folders beneath `work`. What an
    /// earlier process has left there is removed.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn new(
        blobs: Blobs,
        isolation: Isolation,
        work: PathBuf,
        places: usize,
        longest: Duration,
    ) -> io::Result<Self> {
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        fs::create_dir_all(&work)?;
        Ok(Self { blobs, isolation, work, places: Semaphore::new(places), longest })
    }

    /// Whether commands have namespaces of their own.
    pub fn has_namespaces(&self) -> bool {
        self.isolation.has_namespaces()
    }

    /// How long the action of a plan may run.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` if it wants more than there is.
    pub fn limit(&self, plan: &Plan) -> Result<Duration, Status> {
        match plan.timeout {
            Some(timeout) if timeout > self.longest => {
                Err(problem::invalid("timeout", format!("the server allows at most {:?}", self.longest)))
            }
            timeout => Ok(timeout.unwrap_or(self.longest)),
        }
    }

    /// Waits for a place. Cancel-safe: dropping the future gives up the place in the queue.
    ///
    /// # Errors
    ///
    /// None comes while the machine is there.
    pub async fn place(&self) -> Result<SemaphorePermit<'_>, Status> {
        self.places.acquire().await.map_err(|_| Status::unavailable("the machine is gone"))
    }

    /// Runs an action until it ends, its time is over or `stop` completes. Dropping the future kills its processes.
    ///
    /// # Errors
    ///
    /// What keeps it from running: those of [`Folder::make`] and of [`Folder::collect`].
    pub async fn run(
        &self,
        plan: Arc<Plan>,
        stop: impl Future<Output = ()>,
    ) -> Result<ExecuteResponse, Status> {
        let limit = self.limit(&plan)?;
        let folder = {
            let (work, plan, blobs) = (self.work.clone(), Arc::clone(&plan), self.blobs.clone());
            blocking(move || Folder::make(&work, &plan, &blobs)).await?
        };
        let end = sandbox::run(&plan, &folder, &self.isolation, limit, stop).await?;
        let blobs = self.blobs.clone();
        // As a shell has it.
        let exit_code = match &end {
            End::Exited(code) => *code,
            End::NotStarted(_) => 127,
            End::TimedOut | End::Stopped => 137,
        };
        let program = plan.command.arguments.first().cloned().unwrap_or_default();
        let result = blocking(move || folder.collect(&plan, exit_code, &blobs)).await?;
        let status = match end {
            End::Exited(_) => None,
            End::NotStarted(why) => {
                Some(error(Code::FailedPrecondition, format!("`{program}` cannot be run: {why}")))
            }
            End::TimedOut => {
                Some(error(Code::DeadlineExceeded, format!("killed: it did not end within {limit:?}")))
            }
            End::Stopped => Some(error(Code::Cancelled, "killed: the operation was cancelled".to_owned())),
        };
        Ok(ExecuteResponse { result: Some(result), status, ..ExecuteResponse::default() })
    }
}

/// Whether a result may be kept for those who ask later: only success says something of the action itself.
pub fn is_worth_keeping(response: &ExecuteResponse) -> Option<&ActionResult> {
    let result = response.result.as_ref()?;
    (response.status.is_none() && result.exit_code == 0).then_some(result)
}

fn error(code: Code, message: String) -> rpc::Status {
    rpc::Status { code: code.into(), message, details: Vec::new() }
}
