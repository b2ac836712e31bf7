//! The process group of a command, as the server has it.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStdout};

use super::files::Folder;
use super::isolation::Isolation;
use super::{End, launcher};
use crate::plan::Plan;

/// The launcher, the command and whatever that has started, unless it has left the group. Dropped, it is killed.
///
/// The launcher leads the group, and the server has not asked how it ended. So its number is not given to another process,
/// and killing the group hits nobody else.
#[derive(Debug)]
pub(super) struct Group {
    launcher: Child,
    report: ChildStdout,
    is_over: bool,
}

impl Group {
    pub(super) fn start(
        plan: &Plan,
        folder: &Folder,
        isolation: &Isolation,
        limit: Duration,
    ) -> io::Result<Self> {
        let mut command = isolation.command()?;
        command.args(launcher::arguments(folder, limit)).arg("--").args(&plan.command.arguments);
        let variables = &plan.command.environment_variables;
        command
            .env_clear()
            .envs(variables.iter().map(|variable| (&variable.name, &variable.value)))
            .current_dir(folder.working())
            // A pipe that nobody writes to: it ends when this process does, however that happens.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0);
        let mut launcher = command.spawn()?;
        let report = launcher.stdout.take().ok_or_else(|| io::Error::other("the launcher has no output"))?;
        Ok(Self { launcher, report, is_over: false })
    }

    /// What the launcher says when the command has ended.
    pub(super) async fn report(&mut self) -> io::Result<End> {
        let mut report = String::new();
        self.report.read_to_string(&mut report).await?;
        Ok(launcher::read_report(&report))
    }

    /// Kills what still runs, and waits for the launcher.
    pub(super) async fn end(mut self) -> io::Result<()> {
        self.kill();
        self.launcher.wait().await?;
        self.is_over = true;
        Ok(())
    }

    fn kill(&self) {
        let leader = self.launcher.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(leader) = leader {
            // Whoever has ended already needs no signal.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.is_over {
            self.kill();
        }
    }
}
