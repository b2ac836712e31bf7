//! Processes with an engine, to be stopped and killed.

use std::process::Stdio;

use test_measure::Outcome;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::replica;

/// A process with an engine. It is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Replica(Child);

impl Replica {
    /// Starts one, and waits until it works.
    pub(crate) async fn start(args: &replica::Args) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["replica", &args.url]);
        command.args(["--lease", &args.lease.to_string(), "--poll", &args.poll.to_string()]);
        if args.deaf {
            command.arg("--deaf");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = child.stdout.take().ok_or("the standard output is a pipe")?;
        match BufReader::new(output).lines().next_line().await? {
            Some(line) if line == "ready" => Ok(Self(child)),
            line => Err(format!("a replica does not start: {line:?}").into()),
        }
    }

    /// Kills it as by `kill -9`.
    pub(crate) async fn kill(mut self) -> Outcome {
        Ok(self.0.kill().await?)
    }

    /// Lets it hand back what it has, and end.
    pub(crate) async fn drain(mut self) -> Outcome {
        drop(self.0.stdin.take());
        self.0.wait().await?;
        Ok(())
    }
}
