//! What becomes of an execution, for people.

use lro::{OperationError, Update};
use tonic::{Code, Status};

use crate::client::{Client, Execution};
use crate::pb::execution_stage::Value as Stage;
use crate::pb::{ExecuteOperationMetadata, ExecuteResponse};

/// Prints the stages of an execution as they come, and returns its response.
///
/// Dropping the future loses nothing: the execution goes on.
///
/// # Errors
///
/// The service itself has failed, or this client does not know how the execution stands.
pub async fn follow(execution: &Execution) -> Result<ExecuteResponse, OperationError> {
    let mut updates = execution.updates();
    while let Some(update) = updates.next().await {
        match update? {
            Update::Progress(metadata) => println!("  {}", stage(&metadata).as_str_name()),
            Update::Done(response) => return Ok(response),
        }
    }
    // The stream ends with the response; this is for a stream that was asked again after that.
    execution.wait().await
}

/// Waits until an execution is at this stage, or past it, and prints those that it sees.
///
/// # Errors
///
/// Those of [`follow`].
pub async fn until(execution: &Execution, wanted: Stage) -> Result<(), OperationError> {
    let mut updates = execution.updates();
    while let Some(Update::Progress(metadata)) = updates.next().await.transpose()? {
        println!("  {}", stage(&metadata).as_str_name());
        if stage(&metadata) >= wanted {
            break;
        }
    }
    Ok(())
}

/// Prints a response: how the command ended, what it wrote, and which files it has made.
///
/// # Errors
///
/// An output cannot be read from the server.
pub async fn response(client: &Client, response: &ExecuteResponse) -> Result<(), Status> {
    if let Some(status) = &response.status {
        println!("no result: {:?}: {}", Code::from_i32(status.code), status.message);
    }
    let Some(result) = &response.result else { return Ok(()) };
    if response.status.is_none() {
        let origin = if response.cached_result { ", from the cache" } else { "" };
        println!("exit code {}{origin}", result.exit_code);
    }
    for (title, digest) in [("stdout", &result.stdout_digest), ("stderr", &result.stderr_digest)] {
        for line in text(client, digest.as_ref()).await?.lines() {
            println!("  {title}: {line}");
        }
    }
    for file in &result.output_files {
        let text = text(client, file.digest.as_ref()).await?;
        println!("  {}: {}", file.path, text.trim_end().replace('\n', ", "));
    }
    Ok(())
}

/// The stage that metadata tell of.
pub fn stage(metadata: &ExecuteOperationMetadata) -> Stage {
    metadata.stage()
}

async fn text(client: &Client, digest: Option<&crate::pb::Digest>) -> Result<String, Status> {
    Ok(String::from_utf8_lossy(&client.read(digest).await?).into_owned())
}
