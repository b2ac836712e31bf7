//! Where a command runs: a temporary folder that has its inputs and nothing else, an environment that has only what the
//! action says, limits, and a process group that can be ended as a whole.
//!
//! `files` makes the folder and collects from it. `launcher` is the process between the server and the command, and
//! `group` its other end in the server. `isolation` finds out whether the system lets us do more.

mod files;
mod group;
mod isolation;
mod launcher;

use std::time::Duration;

use tokio::time::timeout;
use tonic::Status;

pub use self::files::Folder;
use self::group::Group;
pub use self::isolation::Isolation;
pub use self::launcher::run as launch;
use crate::plan::Plan;
use crate::problem;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code; 128 and the signal, if one has killed it.
    Exited(i32),
    /// It did not begin, for this reason.
    NotStarted(String),
    /// It was killed, because its time was over.
    TimedOut,
    /// It was killed, because it was asked to stop.
    Stopped,
}

/// Runs a command in its folder. When this returns, nothing of the command's process group runs any more, and when the
/// future is dropped, all of it is killed.
///
/// # Errors
///
/// INTERNAL if no process can be made.
pub async fn run(
    plan: &Plan,
    folder: &Folder,
    isolation: &Isolation,
    limit: Duration,
    stop: impl Future<Output = ()>,
) -> Result<End, Status> {
    let mut group = Group::start(plan, folder, isolation, limit).map_err(|error| problem::own(&error))?;
    let end = tokio::select! {
        ended = timeout(limit, group.report()) => match ended {
            Ok(report) => report.map_err(|error| problem::own(&error))?,
            Err(_) => End::TimedOut,
        },
        () = stop => End::Stopped,
    };
    group.end().await.map_err(|error| problem::own(&error))?;
    Ok(end)
}
